using AsFT.Experiments.Models;
using AsFT.Training.Models;
using static TorchSharp.torch;

namespace AsFT.Training.Safety;

/// <summary>The weights of another model of the same shape, read from its directory one at a time.</summary>
/// <param name="what">what it is to this model, for faults</param>
public sealed class PartnerWeights(string directory, string what = "the unaligned partner")
{
    private readonly Dictionary<string, (string File, string Name)> files = Index(directory);

    private static Dictionary<string, (string File, string Name)> Index(string directory)
    {
        var config = ModelConfig.Read(directory);
        return ModelDirectory.WeightFiles(directory).SelectMany(f => SafetensorsHeader.Read(f).Tensors.Select(t => (t.Name, f))).ToDictionary(t => config.Canonical(t.Name), t => (t.f, t.Name));
    }

    /// <summary>In float32, on the device of its counterpart.</summary>
    /// <exception cref="ModelException">it is missing or has another shape than its counterpart</exception>
    public Tensor Read(string name, Tensor counterpart)
    {
        if (!files.TryGetValue(name, out var at)) throw new ModelException($"{what} holds no '{name}': it does not go with this model");
        var tensor = SafetensorsFile.Read(at.File, at.Name.Equals, _ => counterpart.device, ScalarType.Float32)[at.Name];
        return tensor.shape.SequenceEqual(counterpart.shape) ? tensor : throw new ModelException($"'{name}' has another shape in {what}: it does not go with this model");
    }
}
