using AsFT.Training.Lora;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace AsFT.Training.Models;

/// <summary>A linear layer without bias, y = xWᵀ, to which a low-rank update can be attached.</summary>
public sealed class Projection(string name, Parameter weight)
{
    /// <summary>As Hugging Face names the module: model.layers.0.self_attn.q_proj.</summary>
    public string Name { get; } = name;

    public Parameter Weight { get; } = weight;
    public LoraUpdate? Lora { get; set; }

    public Tensor Forward(Tensor x, bool training)
    {
        var y = linear(x, Weight);
        return Lora is null ? y : y + Lora.Forward(x, training).to(y.dtype);
    }
}
