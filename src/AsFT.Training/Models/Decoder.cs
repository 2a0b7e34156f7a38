using AsFT.Experiments.Models;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace AsFT.Training.Models;

/// <summary>What all layers of one forward pass share.</summary>
/// <param name="Cos">cosines of the positions' angles, (B, 1, T, head size); likewise the sines</param>
/// <param name="Visible">(B, 1, T, length) true where a position may look; null: causal, without padding on the left</param>
/// <param name="Cache">keys and values of earlier positions, extended by these</param>
/// <param name="Training">dropout is active</param>
/// <param name="Hook">may change a layer's attention output, (B, T, hidden)</param>
public sealed record Pass(Tensor Cos, Tensor Sin, Tensor? Visible, KeyValueCache? Cache, bool Training, Func<int, Tensor, Tensor>? Hook);

/// <summary>
/// A decoder of text: embedding, layers of attention and feed-forward, a last norm and a head. Each architecture says what
/// a layer is. Weights lie under the names that Hugging Face gives them.
/// </summary>
public abstract class Decoder : IDisposable
{
    public DecoderConfig Config { get; }
    public IReadOnlyDictionary<string, Parameter> Weights { get; }
    public Device Device { get; }
    public ScalarType Type { get; }

    /// <summary>Dropout is active only while training.</summary>
    public bool Training { get; set; }

    /// <summary>May change each layer's attention output, by the layer's number.</summary>
    public Func<int, Tensor, Tensor>? AttentionHook { get; set; }

    public abstract IEnumerable<Projection> Projections { get; }

    protected Decoder(DecoderConfig config, IReadOnlyDictionary<string, Parameter> weights)
    {
        (Config, Weights) = (config, weights);
        (Device, Type) = (weights["model.norm.weight"].device, weights["model.norm.weight"].dtype);
    }

    /// <summary>Reads a Hugging Face directory; the weights are frozen.</summary>
    /// <exception cref="ModelException">the directory holds no usable decoder</exception>
    public static Decoder Load(string directory, Device device, ScalarType type) =>
        ModelDirectory.Inspect(directory).Config is DecoderConfig config ? Build(config, WeightFiles.Read(directory, config, device, type))
        : throw new ModelException("it is no decoder: it writes no text");

    /// <summary>Fresh weights, normal with deviation 0.02 as Llama's own initialisation; norms and biases do nothing at first.</summary>
    public static Decoder Create(DecoderConfig config, Device device) => Build(config, WeightFiles.Fresh(config, device));

    private static Decoder Build(DecoderConfig config, IReadOnlyDictionary<string, Parameter> weights) => config.Kind switch
    {
        DecoderKind.Qwen2 => new Qwen2(config, weights),
        DecoderKind.Gemma2 => new Gemma2(config, weights),
        _ => new Llama(config, weights),
    };

    /// <summary>Hidden states after the last norm, (B, T, hidden).</summary>
    /// <param name="ids">(B, T)</param>
    /// <param name="positions">(B, T) place of each id in its row; null: 0 … T−1</param>
    /// <param name="visible">(B, 1, T, length) true where a position may look; null: causal, without padding on the left</param>
    /// <param name="cache">earlier positions, extended by these</param>
    public Tensor Hidden(Tensor ids, Tensor? positions = null, Tensor? visible = null, KeyValueCache? cache = null)
    {
        var (cos, sin) = Rotary.Angles(Config, positions ?? arange(ids.shape[1], device: Device).unsqueeze(0), Type);
        var pass = new Pass(cos, sin, visible, cache, Training, AttentionHook);
        var x = Embed(ids); // (B, T, H)
        for (var i = 0; i < Config.Layers; i++)
        {
            using var scope = NewDisposeScope(); // what the backward pass needs, autograd holds on its own
            x = Layer(i, x, pass).MoveToOuterDisposeScope();
        }
        cache?.Advance(ids.shape[1]);
        return Norm(x, Weights["model.norm.weight"]);
    }

    /// <summary>Scores of the next id, (…, vocabulary), of hidden states (…, hidden).</summary>
    public virtual Tensor Head(Tensor hidden) => linear(hidden, Weights[Config.TiedHead ? "model.embed_tokens.weight" : "lm_head.weight"]);

    public Tensor Logits(Tensor ids, Tensor? positions = null, Tensor? visible = null) => Head(Hidden(ids, positions, visible));

    protected virtual Tensor Embed(Tensor ids) =>
        Weights["model.embed_tokens.weight"].index_select(0, ids.flatten()).view(ids.shape[0], ids.shape[1], Config.HiddenSize);

    /// <param name="x">(B, T, hidden)</param>
    protected abstract Tensor Layer(int index, Tensor x, Pass pass);

    /// <summary>RMSNorm (Zhang and Sennrich 2019): w · x / √(mean(x²) + ε), the mean taken in float32.</summary>
    protected virtual Tensor Norm(Tensor x, Tensor weight) => weight * Normed(x).to(Type);

    protected Tensor Normed(Tensor x)
    {
        var wide = x.to(ScalarType.Float32);
        return wide * rsqrt(wide.pow(2).mean([-1], keepdim: true) + Config.NormEpsilon);
    }

    public void Dispose()
    {
        foreach (var weight in Weights.Values) weight.Dispose();
        foreach (var projection in Projections) projection.Lora?.Dispose();
        GC.SuppressFinalize(this);
    }
}
