using AsFT.Experiments.Classification;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AsFT.Training.Models;

/// <summary>A model with its low-rank updates worked into the weights, W + (α/r)BA, as a Hugging Face directory.</summary>
public static class MergedModel
{
    private static readonly string[] NotCopied = [".safetensors", ".bin", ".pt", ".pth", ".pkl", ".ckpt", ".py"];
    private static readonly string[] OfAnother = [ClassifierManifest.FileName, JudgeManifest.FileName, SeenTexts.FileName]; // what the encoder was says nothing of what it becomes

    /// <param name="source">the directory whose configuration and tokenizer go with it</param>
    public static void Write(string directory, string source, Decoder model) => Write(directory, source, model.Weights, model.Projections);

    /// <inheritdoc cref="Write(string, string, Decoder)"/>
    /// <param name="wide">write merged weights in float32, so that nothing of a small update is lost below bfloat16's 8 bits</param>
    public static void Write(string directory, string source, IReadOnlyDictionary<string, Parameter> weights, IEnumerable<Projection> modules, bool wide = false)
    {
        Directory.CreateDirectory(directory);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var merged = weights.ToDictionary(w => w.Key, w => (Tensor)w.Value);
        foreach (var module in modules.Where(p => p.Lora is not null))
            merged[module.Name + ".weight"] = Merged(module).to(wide ? ScalarType.Float32 : module.Weight.dtype);
        SafetensorsFile.Write(Path.Combine(directory, "model.safetensors"), merged);
        foreach (var file in Directory.EnumerateFiles(source).Where(f => !NotCopied.Contains(Path.GetExtension(f)) && !OfAnother.Contains(Path.GetFileName(f)) && !f.EndsWith(".index.json", StringComparison.Ordinal)))
            File.Copy(file, Path.Combine(directory, Path.GetFileName(file)), overwrite: true);
    }

    /// <summary>Works the updates into the weights in memory and takes them off, so that others can be attached.</summary>
    public static void WorkIn(IEnumerable<Projection> modules)
    {
        using var frozen = no_grad();
        foreach (var module in modules)
        {
            using var scope = NewDisposeScope();
            module.Weight.copy_(Merged(module));
            module.Lora!.Dispose();
            module.Lora = null;
        }
    }

    /// <summary>(out, in), in float32.</summary>
    private static Tensor Merged(Projection module) => module.Weight.to(ScalarType.Float32) + mm(module.Lora!.B, module.Lora.A) * module.Lora.Scale;
}
