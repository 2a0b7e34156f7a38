using AsFT.Experiments.Classification;
using AsFT.Experiments.Models;
using AsFT.Experiments.Specification;
using AsFT.Training.Classification;
using AsFT.Training.Lora;
using AsFT.Training.Models;

namespace AsFT.Training.Tests.Classification;

[Collection(CommonRandomness.Name)]
public sealed class ClassifierFileTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("asft-file-");

    public void Dispose() => folder.Delete(recursive: true);

    /// <summary>An update of 1/1024 on a weight of 1 is lost in bfloat16, whose next number is 1 + 1/128; a classifier keeps it, a language model stays as it is read.</summary>
    [Fact]
    public void Write_ALowRankUpdateOverBfloat16_IsKeptInFloat32()
    {
        var shape = new DecoderConfig { VocabularySize = 20, HiddenSize = 16, IntermediateSize = 32, Layers = 1, Heads = 2, KeyValueHeads = 1, HeadSize = 8, MaxPositions = 12, TiedHead = true };
        using var frozen = no_grad();
        using var fresh = Decoder.Create(shape, CPU);
        var weights = fresh.Weights.ToDictionary(w => w.Key, w => nn.Parameter(ones_like(w.Value).to(ScalarType.BFloat16), requires_grad: false));
        using var model = new DecoderClassifier(new Llama(shape, weights), 2);
        var update = LoraAdapter.Attach([.. model.Projections], new LoraOptions { Rank = 1, Alpha = 1, Targets = ["q_proj"] })[0];
        update.Lora!.A.fill_(1);
        update.Lora.B.fill_(1 / 1024.0);
        var (source, kept) = (folder.CreateSubdirectory("source").FullName, Path.Combine(folder.FullName, "kept"));
        foreach (var name in new[] { "judge.json", "vocab.txt" }) File.WriteAllText(Path.Combine(source, name), "of the encoder");
        ClassifierFile.Write(kept, source, model, new ClassifierManifest { Form = ClassifierForm.LastToken, Labels = ["a", "b"], Words = ["a", "b"], Thresholds = [0.5, 0.5], MaxLength = 12 });
        Assert.Equal((false, true), (File.Exists(Path.Combine(kept, "judge.json")), File.Exists(Path.Combine(kept, "vocab.txt")))); // a judge that is learnt on from is none any more
        var read = SafetensorsFile.Read(Path.Combine(kept, "model.safetensors"));
        Assert.Equal(ScalarType.Float32, read[update.Name + ".weight"].dtype);
        Oracle.Close(full(16, 16, 1 + 1 / 1024.0), read[update.Name + ".weight"], 0);

        MergedModel.Write(Path.Combine(folder.FullName, "language"), source, model.Decoder);
        Assert.Equal(ScalarType.BFloat16, SafetensorsFile.Read(Path.Combine(folder.FullName, "language", "model.safetensors"))[update.Name + ".weight"].dtype);
    }
}
