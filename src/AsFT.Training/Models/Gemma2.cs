using AsFT.Experiments.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace AsFT.Training.Models;

/// <summary>
/// Gemma 2 (Gemma team 2024): norms before and after attention and feed-forward that multiply by 1 + w, embeddings times
/// √hidden, soft-capped scores, and in every even layer a sliding window: position i sees j with i − window &lt; j ≤ i.
/// The cache keeps all keys and the window is a mask over them, so that padding and short prompts change nothing.
/// </summary>
public sealed class Gemma2 : Decoder
{
    private readonly GroupedAttention[] attention;
    private readonly GatedFeed[] feed;

    public Gemma2(DecoderConfig config, IReadOnlyDictionary<string, Parameter> weights) : base(config, weights)
    {
        attention = [.. Enumerable.Range(0, config.Layers).Select(i => new GroupedAttention(config, i, weights))];
        feed = [.. Enumerable.Range(0, config.Layers).Select(i => new GatedFeed(i, weights, TanhGelu))];
    }

    public override IEnumerable<Projection> Projections => attention.Zip(feed).SelectMany(l => l.First.Projections.Concat(l.Second.Projections));

    protected override Tensor Layer(int index, Tensor x, Pass pass)
    {
        Tensor Normed(string name, Tensor t) => Norm(t, Weights[$"model.layers.{index}.{name}_layernorm.weight"]);
        if (index % 2 == 0 && Config.SlidingWindow is { } window) pass = pass with { Visible = Within(window, x.shape[1], pass) };
        x = x + Normed("post_attention", attention[index].Forward(Normed("input", x), pass));
        return x + Normed("post_feedforward", feed[index].Forward(Normed("pre_feedforward", x), pass.Training));
    }

    public override Tensor Head(Tensor hidden) => Config.LogitCap is { } cap ? (base.Head(hidden) / cap).tanh() * cap : base.Head(hidden);

    protected override Tensor Embed(Tensor ids) => base.Embed(ids) * tensor(Math.Sqrt(Config.HiddenSize), dtype: Type, device: Device);

    protected override Tensor Norm(Tensor x, Tensor weight) => (Normed(x) * (1 + weight.to(ScalarType.Float32))).to(Type);

    /// <summary>(B or 1, 1, T, length): what is visible and near enough.</summary>
    private static Tensor Within(int window, long length, Pass pass)
    {
        var before = pass.Cache?.Length ?? 0;
        var all = ones([length, before + length], dtype: ScalarType.Bool, device: pass.Cos.device);
        var near = all.triu(before - window + 1).view(1, 1, length, before + length);
        return near & (pass.Visible ?? all.tril(before));
    }

    /// <summary>x/2 · (1 + tanh(√(2/π)(x + 0.044715 x³))).</summary>
    private static Tensor TanhGelu(Tensor x) => 0.5 * x * (1 + (Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x.pow(3))).tanh());
}
