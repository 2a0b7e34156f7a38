using System.Text.Json;

namespace AsFT.Experiments.Models;

public sealed record ModelFile(string Name, long Bytes);

/// <summary>What a Hugging Face directory holds, found without loading a weight.</summary>
public sealed record ModelFacts(string Architecture, ModelConfig Config, long Parameters, string Dtype, string Tokenizer, IReadOnlyList<ModelFile> Files, IReadOnlyList<string> Notes);

/// <summary>A Hugging Face model directory: config.json, safetensors in one file or several, a tokenizer.</summary>
public static class ModelDirectory
{
    private static readonly string[] Pickled = [".bin", ".pt", ".pth", ".pkl", ".ckpt"];

    /// <exception cref="ModelException">the first thing that keeps the model from being used</exception>
    public static ModelFacts Inspect(string directory)
    {
        if (!Directory.Exists(directory)) throw new ModelException("there is no such directory");
        var config = ModelConfig.Read(directory);
        var tensors = WeightFiles(directory).SelectMany(f => SafetensorsHeader.Read(f).Tensors).ToList();
        var byName = new Dictionary<string, TensorEntry>();
        foreach (var tensor in tensors)
            if (!byName.TryAdd(config.Canonical(tensor.Name), tensor)) throw new ModelException($"the tensor '{tensor.Name}' stands in two weight files");
        foreach (var (name, shape) in config.Parameters())
        {
            if (!byName.TryGetValue(name, out var entry))
            {
                if (config.IsOptional(name)) continue;
                throw new ModelException($"the weights hold no tensor '{name}', which config.json asks for");
            }
            if (!entry.Shape.SequenceEqual(shape)) throw new ModelException($"the tensor '{name}' has the shape [{string.Join(", ", entry.Shape)}]; by config.json it should be [{string.Join(", ", shape)}]");
        }
        var files = new DirectoryInfo(directory).EnumerateFiles().OrderBy(f => f.Name).Select(f => new ModelFile(f.Name, f.Length)).ToList();
        var architecture = Classification.ClassifierManifest.IsIn(directory) ? $"{config.Architecture} classifier, {Classification.ClassifierManifest.Read(directory).Labels.Count} labels" : config.Architecture;
        return new(architecture, config, config.ParameterCount, string.Join(", ", tensors.Select(t => t.Dtype).Distinct()), Text.TokenizerDirectory.Describe(directory), files, [.. Notes(files)]);
    }

    /// <summary>The safetensors files, in the order of their names.</summary>
    public static IReadOnlyList<string> WeightFiles(string directory)
    {
        var index = Path.Combine(directory, "model.safetensors.index.json");
        if (File.Exists(index)) return Sharded(directory, index);
        var single = Path.Combine(directory, "model.safetensors");
        if (File.Exists(single)) return [single];
        var pickled = Directory.EnumerateFiles(directory).FirstOrDefault(f => Pickled.Contains(Path.GetExtension(f)));
        throw new ModelException(pickled is null
            ? "model.safetensors is missing."
            : $"{Path.GetFileName(pickled)} is a pickle: loading it can run any program hidden in it, so it is never opened here. Convert the model to safetensors (save_pretrained with safe_serialization=True) and register it again.");
    }

    private static List<string> Sharded(string directory, string index)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(index));
            var names = document.RootElement.GetProperty("weight_map").EnumerateObject().Select(p => p.Value.GetString()!).Distinct().Order().ToList();
            foreach (var name in names)
                if (name != Path.GetFileName(name) || !File.Exists(Path.Combine(directory, name))) throw new ModelException($"the index names the file '{name}', which is not in the directory");
            return names.ConvertAll(n => Path.Combine(directory, n));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new ModelException($"model.safetensors.index.json cannot be read: {e.Message}", e);
        }
    }

    private static IEnumerable<string> Notes(IEnumerable<ModelFile> files)
    {
        foreach (var file in files)
        {
            if (Pickled.Contains(Path.GetExtension(file.Name))) yield return $"{file.Name} is a pickle and is never opened; the safetensors beside it are used.";
            if (file.Name.EndsWith(".py", StringComparison.Ordinal)) yield return $"{file.Name} is code from the model's directory and is never run.";
        }
    }
}
