using AsFT.Experiments.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace AsFT.Training.Models;

/// <summary>Llama 2 and 3 (Touvron et al. 2023): a norm before attention and one before the SwiGLU feed-forward.</summary>
public class Llama : Decoder
{
    private readonly GroupedAttention[] attention;
    private readonly GatedFeed[] feed;

    public Llama(DecoderConfig config, IReadOnlyDictionary<string, Parameter> weights) : base(config, weights)
    {
        attention = [.. Enumerable.Range(0, config.Layers).Select(i => new GroupedAttention(config, i, weights))];
        feed = [.. Enumerable.Range(0, config.Layers).Select(i => new GatedFeed(i, weights, x => silu(x)))];
    }

    public override IEnumerable<Projection> Projections => attention.Zip(feed).SelectMany(l => l.First.Projections.Concat(l.Second.Projections));

    protected override Tensor Layer(int index, Tensor x, Pass pass)
    {
        var layer = $"model.layers.{index}.";
        x = x + attention[index].Forward(Norm(x, Weights[layer + "input_layernorm.weight"]), pass);
        return x + feed[index].Forward(Norm(x, Weights[layer + "post_attention_layernorm.weight"]), pass.Training);
    }
}
