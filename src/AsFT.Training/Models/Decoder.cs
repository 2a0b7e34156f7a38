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
public sealed record Pass(Tensor Cos, Tensor Sin, Tensor? Visible, KeyValueCache? Cache, bool Training, Func<int, Tensor, Tensor>? Hook)
{
    public Pass On(Device device) => (Cos.device_type, Cos.device_index) == (device.type, device.index) ? this : this with { Cos = Cos.to(device), Sin = Sin.to(device), Visible = Visible?.to(device) };
}

/// <summary>
/// A decoder of text: embedding, layers of attention and feed-forward, a last norm and a head. Each architecture says what
/// a layer is. Weights lie under the names that Hugging Face gives them.
/// </summary>
public abstract class Decoder : IDisposable
{
    private const string Embedding = "model.embed_tokens.weight";

    private (Recomputation Layers, Tensor Embedded)? recomputation;

    public DecoderConfig Config { get; }
    public IReadOnlyDictionary<string, Parameter> Weights { get; }

    /// <summary>Where ids go in, that of the embedding. A model may lie on several: each layer computes on its own, and hidden states come out on that of the head.</summary>
    public Device Device { get; }

    public IReadOnlyList<Device> LayerDevices { get; }
    public Device HeadDevice => Weights[HeadWeight].device;
    public ScalarType Type { get; }

    /// <summary>Dropout is active only while training.</summary>
    public bool Training { get; set; }

    /// <summary>While training, keep only each layer's input and compute the rest again on the way back: less memory for a third more time.</summary>
    public bool Recomputes { get; set; }

    /// <summary>May change each layer's attention output, by the layer's number.</summary>
    public Func<int, Tensor, Tensor>? AttentionHook { get; set; }

    public abstract IEnumerable<Projection> Projections { get; }

    protected Decoder(DecoderConfig config, IReadOnlyDictionary<string, Parameter> weights)
    {
        (Config, Weights) = (config, weights);
        (Device, Type) = (weights[Embedding].device, weights[Embedding].dtype);
        LayerDevices = [.. Enumerable.Range(0, config.Layers).Select(i => weights[$"model.layers.{i}.input_layernorm.weight"].device)];
    }

    /// <summary>Reads a Hugging Face directory; the weights are frozen.</summary>
    /// <exception cref="ModelException">the directory holds no usable decoder</exception>
    public static Decoder Load(string directory, Device device, ScalarType type) => Load(directory, _ => device, type);

    /// <summary>As above, each weight onto the device that its name is given.</summary>
    public static Decoder Load(string directory, Func<string, Device> place, ScalarType type) =>
        ModelDirectory.Inspect(directory).Config is DecoderConfig config ? Build(config, WeightFiles.Read(directory, config, place, type))
        : throw new ModelException("it is no decoder: it writes no text");

    /// <summary>Fresh weights, normal with deviation 0.02 as Llama's own initialisation; norms and biases do nothing at first.</summary>
    public static Decoder Create(DecoderConfig config, Device device) => Build(config, WeightFiles.Fresh(config, device));

    private static Decoder Build(DecoderConfig config, IReadOnlyDictionary<string, Parameter> weights) => config.Kind switch
    {
        DecoderKind.Qwen2 => new Qwen2(config, weights),
        DecoderKind.Gemma2 => new Gemma2(config, weights),
        _ => new Llama(config, weights),
    };

    /// <summary>Hidden states after the last norm, (B, T, hidden), on the head's device.</summary>
    /// <param name="ids">(B, T)</param>
    /// <param name="positions">(B, T) place of each id in its row; null: 0 … T−1</param>
    /// <param name="visible">(B, 1, T, length) true where a position may look; null: causal, without padding on the left</param>
    /// <param name="cache">earlier positions, extended by these</param>
    public Tensor Hidden(Tensor ids, Tensor? positions = null, Tensor? visible = null, KeyValueCache? cache = null)
    {
        var (cos, sin) = Rotary.Angles(Config, positions ?? arange(ids.shape[1], device: Device).unsqueeze(0), Type);
        var passes = OnAllDevices(new(cos, sin, visible, cache, Training, AttentionHook));
        Tensor Compute(int i, Tensor y) => Layer(i, y.to(LayerDevices[i]), passes[i]);
        var x = Embed(ids); // (B, T, H)
        if (Recomputes && Training)
        {
            recomputation = (new(Compute, Projections.Any(p => p.Lora is not null)), x);
            return Out(recomputation.Value.Layers.Forward(x, Config.Layers));
        }
        for (var i = 0; i < Config.Layers; i++)
        {
            using var scope = NewDisposeScope(); // what the backward pass needs, autograd holds on its own
            x = Compute(i, x).MoveToOuterDisposeScope();
        }
        cache?.Advance(ids.shape[1]);
        return Out(x);
    }

    /// <summary>One for each layer; they are moved only where the device changes.</summary>
    private Pass[] OnAllDevices(Pass pass) => [.. LayerDevices.Select(device => pass = pass.On(device))];

    private Tensor Out(Tensor x) => Norm(x, Weights["model.norm.weight"]).to(HeadDevice);

    /// <summary>Ends a backward pass: with recomputation, what was differentiated reached only the last layer's result.</summary>
    public void FinishBackward()
    {
        if (recomputation is not var (layers, embedded)) return;
        recomputation = null;
        var slope = layers.Backward();
        if (embedded.requires_grad) embedded.backward([slope]);
    }

    /// <summary>Scores of the next id, (…, vocabulary), of hidden states (…, hidden).</summary>
    public virtual Tensor Head(Tensor hidden) => linear(hidden, Weights[HeadWeight]);

    private string HeadWeight => Config.Labels > 0 ? "score.weight" : Config.TiedHead ? Embedding : "lm_head.weight";

    public Tensor Logits(Tensor ids, Tensor? positions = null, Tensor? visible = null) => Head(Hidden(ids, positions, visible));

    protected virtual Tensor Embed(Tensor ids) =>
        Weights[Embedding].index_select(0, ids.flatten()).view(ids.shape[0], ids.shape[1], Config.HiddenSize);

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
