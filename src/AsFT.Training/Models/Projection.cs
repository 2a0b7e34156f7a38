using AsFT.Training.Lora;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace AsFT.Training.Models;

/// <summary>A linear layer, y = xWᵀ + b with or without b, to which a low-rank update can be attached.</summary>
public sealed class Projection(string name, Parameter weight, Parameter? bias = null)
{
    /// <summary>As Hugging Face names the module: model.layers.0.self_attn.q_proj.</summary>
    public string Name { get; } = name;

    public Parameter Weight { get; } = weight;
    public Parameter? Bias { get; } = bias;
    public LoraUpdate? Lora { get; set; }

    public static Projection Of(string name, IReadOnlyDictionary<string, Parameter> weights) => new(name, weights[name + ".weight"], weights.GetValueOrDefault(name + ".bias"));

    public Tensor Forward(Tensor x, bool training)
    {
        var y = linear(x, Weight, Bias);
        return Lora is null ? y : y + Lora.Forward(x, training).to(y.dtype);
    }
}
