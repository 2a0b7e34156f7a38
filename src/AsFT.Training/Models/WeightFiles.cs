using AsFT.Experiments.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AsFT.Training.Models;

/// <summary>All weights of a model: read from its directory, or made anew.</summary>
internal static class WeightFiles
{
    /// <summary>Reads what the configuration asks for, straight to its device and number format; nothing has a gradient.</summary>
    public static Dictionary<string, Parameter> Read(string directory, ModelConfig config, Func<string, Device> place, ScalarType type)
    {
        var names = config.Parameters().Select(p => p.Name).ToHashSet();
        return ModelDirectory.WeightFiles(directory)
            .SelectMany(f => SafetensorsFile.Read(f, n => names.Contains(config.Canonical(n)), n => place(config.Canonical(n)), type))
            .ToDictionary(w => config.Canonical(w.Key), w => nn.Parameter(w.Value.DetachFromDisposeScope(), requires_grad: false));
    }

    /// <summary>Matrices normal with the given deviation, norms that do nothing, biases zero.</summary>
    public static Dictionary<string, Parameter> Fresh(ModelConfig config, Device device, double deviation = 0.02)
    {
        var plusOne = config is DecoderConfig { Kind: DecoderKind.Gemma2 };
        Tensor Start(string name, long[] shape) => shape.Length > 1 ? randn(shape, device: device) * (float)deviation
            : name.EndsWith(".bias", StringComparison.Ordinal) || plusOne ? zeros(shape, device: device) : ones(shape, device: device);
        return config.Parameters().ToDictionary(p => p.Name, p => nn.Parameter(Start(p.Name, p.Shape).DetachFromDisposeScope()));
    }
}
