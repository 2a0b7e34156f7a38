using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AsFT.Training.Models;

/// <summary>down(act(gate x) · up x): SwiGLU with act = SiLU, GeGLU with act = GELU (Shazeer 2020).</summary>
internal sealed class GatedFeed(int layer, IReadOnlyDictionary<string, Parameter> weights, Func<Tensor, Tensor> activation)
{
    private readonly Projection gate = Of("gate_proj", layer, weights), up = Of("up_proj", layer, weights), down = Of("down_proj", layer, weights);

    public IEnumerable<Projection> Projections => [gate, up, down];

    private static Projection Of(string name, int layer, IReadOnlyDictionary<string, Parameter> weights) => Projection.Of($"model.layers.{layer}.mlp.{name}", weights);

    public Tensor Forward(Tensor x, bool training) => down.Forward(activation(gate.Forward(x, training)) * up.Forward(x, training), training);
}
