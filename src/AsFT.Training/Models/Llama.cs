using AsFT.Experiments.Models;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace AsFT.Training.Models;

/// <summary>
/// The Llama architecture: grouped-query attention, rotary positions, RMSNorm, SwiGLU, tied or own head
/// (Touvron et al. 2023). Weights lie under the names that Hugging Face gives them.
/// </summary>
public sealed class Llama : IDisposable
{
    private readonly List<Layer> layers = [];
    private readonly Tensor cosines, sines; // (positions, head size)

    public LlamaConfig Config { get; }
    public IReadOnlyDictionary<string, Parameter> Weights { get; }
    public Device Device { get; }
    public ScalarType Type { get; }

    /// <summary>Dropout is active only while training.</summary>
    public bool Training { get; set; }

    public IEnumerable<Projection> Projections => layers.SelectMany(l => l.Projections);

    public Llama(LlamaConfig config, IReadOnlyDictionary<string, Parameter> weights)
    {
        (Config, Weights) = (config, weights);
        (Device, Type) = (weights["model.norm.weight"].device, weights["model.norm.weight"].dtype);
        for (var i = 0; i < config.Layers; i++) layers.Add(new(i, weights));
        (cosines, sines) = RotaryTables(config, Device, Type);
    }

    /// <summary>Reads a Hugging Face directory; the weights are frozen.</summary>
    /// <exception cref="ModelException">the directory holds no usable Llama model</exception>
    public static Llama Load(string directory, Device device, ScalarType type)
    {
        var config = ModelDirectory.Inspect(directory).Config;
        var names = config.Parameters().Select(p => p.Name).ToHashSet();
        var weights = ModelDirectory.WeightFiles(directory).SelectMany(f => SafetensorsFile.Read(f, names.Contains, device, type));
        return new(config, weights.ToDictionary(w => w.Key, w => nn.Parameter(w.Value.DetachFromDisposeScope(), requires_grad: false)));
    }

    /// <summary>Fresh weights, normal with deviation 0.02 as Llama's own initialisation; norms are one.</summary>
    public static Llama Create(LlamaConfig config, Device device)
    {
        Parameter Fresh(string name, long[] shape) => nn.Parameter((name.EndsWith("norm.weight", StringComparison.Ordinal) ? ones(shape, device: device) : randn(shape, device: device) * 0.02f).DetachFromDisposeScope());
        return new(config, config.Parameters().ToDictionary(p => p.Name, p => Fresh(p.Name, p.Shape)));
    }

    /// <summary>Hidden states after the last norm, (B, T, hidden).</summary>
    /// <param name="ids">(B, T)</param>
    /// <param name="positions">(B, T) place of each id in its row; null: 0 … T−1</param>
    /// <param name="visible">(B, 1, T, length) true where a position may look; null: causal, without padding on the left</param>
    /// <param name="cache">earlier positions, extended by these</param>
    public Tensor Hidden(Tensor ids, Tensor? positions = null, Tensor? visible = null, KeyValueCache? cache = null)
    {
        long rows = ids.shape[0], length = ids.shape[1];
        positions ??= arange(length, device: Device).unsqueeze(0);
        var cos = cosines.index_select(0, positions.flatten()).view(positions.shape[0], 1, length, Config.HeadSize);
        var sin = sines.index_select(0, positions.flatten()).view(positions.shape[0], 1, length, Config.HeadSize);
        var x = Weights["model.embed_tokens.weight"].index_select(0, ids.flatten()).view(rows, length, Config.HiddenSize); // (B, T, H)
        for (var i = 0; i < layers.Count; i++)
        {
            using var scope = NewDisposeScope(); // what the backward pass needs, autograd holds on its own
            x = x + Attention(layers[i], i, Norm(x, layers[i].InputNorm), cos, sin, visible, cache);
            x = (x + layers[i].Feed(Norm(x, layers[i].AttentionNorm), Training)).MoveToOuterDisposeScope();
        }
        cache?.Advance(length);
        return Norm(x, Weights["model.norm.weight"]);
    }

    /// <summary>Scores of the next id, (…, vocabulary), of hidden states (…, hidden).</summary>
    public Tensor Head(Tensor hidden) => linear(hidden, Weights[Config.TiedHead ? "model.embed_tokens.weight" : "lm_head.weight"]);

    public Tensor Logits(Tensor ids, Tensor? positions = null, Tensor? visible = null) => Head(Hidden(ids, positions, visible));

    private Tensor Attention(Layer layer, int index, Tensor x, Tensor cos, Tensor sin, Tensor? visible, KeyValueCache? cache)
    {
        long rows = x.shape[0], length = x.shape[1], size = Config.HeadSize, groups = Config.Heads / Config.KeyValueHeads;
        Tensor Split(Tensor t, long heads) => t.view(rows, length, heads, size).transpose(1, 2); // (B, heads, T, size)
        var q = Rotate(Split(layer.Query.Forward(x, Training), Config.Heads), cos, sin);
        var k = Rotate(Split(layer.Key.Forward(x, Training), Config.KeyValueHeads), cos, sin);
        var v = Split(layer.Value.Forward(x, Training), Config.KeyValueHeads);
        if (cache is not null) (k, v) = cache.Append(index, k, v);

        Tensor y;
        if (length == 1)
        {
            // One new position: its heads of a group are as well rows of queries, so keys and values need no copies.
            y = scaled_dot_product_attention(q.view(rows, Config.KeyValueHeads, groups, size), k, v, visible).view(rows, Config.Heads, 1, size);
        }
        else
        {
            if (groups > 1) (k, v) = (k.repeat_interleave(groups, 1), v.repeat_interleave(groups, 1));
            y = scaled_dot_product_attention(q, k, v, visible, is_casual: visible is null);
        }
        return layer.Output.Forward(y.transpose(1, 2).reshape(rows, length, Config.Heads * size), Training);
    }

    /// <summary>w · x / √(mean(x²) + ε), the mean taken in float32.</summary>
    private Tensor Norm(Tensor x, Tensor weight)
    {
        var wide = x.to(ScalarType.Float32);
        var scale = rsqrt(wide.pow(2).mean([-1], keepdim: true) + Config.NormEpsilon);
        return weight * (wide * scale).to(Type);
    }

    /// <summary>Turns each pair (xᵢ, xᵢ₊d/2) by its position's angle (Su et al. 2021, in the halves that Hugging Face stores).</summary>
    private static Tensor Rotate(Tensor x, Tensor cos, Tensor sin)
    {
        var halves = x.chunk(2, -1);
        return x * cos + cat([-halves[1], halves[0]], -1) * sin;
    }

    private static (Tensor Cosines, Tensor Sines) RotaryTables(LlamaConfig config, Device device, ScalarType type)
    {
        using var scope = NewDisposeScope();
        var frequencies = 1.0 / pow(config.RopeTheta, arange(0, config.HeadSize, 2, dtype: ScalarType.Float32) / config.HeadSize);
        var angles = outer(arange(config.MaxPositions, dtype: ScalarType.Float32), frequencies.to(ScalarType.Float32));
        var both = cat([angles, angles], -1);
        return (both.cos().to(type).to(device).DetachFromDisposeScope(), both.sin().to(type).to(device).DetachFromDisposeScope());
    }

    public void Dispose()
    {
        foreach (var weight in Weights.Values) weight.Dispose();
        foreach (var projection in Projections) projection.Lora?.Dispose();
        cosines.Dispose();
        sines.Dispose();
    }

    private sealed class Layer
    {
        public readonly Parameter InputNorm, AttentionNorm;
        public readonly Projection Query, Key, Value, Output, Gate, Up, Down;

        public IEnumerable<Projection> Projections => [Query, Key, Value, Output, Gate, Up, Down];

        public Layer(int index, IReadOnlyDictionary<string, Parameter> weights)
        {
            var prefix = $"model.layers.{index}.";
            Projection Linear(string name) => new(prefix + name, weights[prefix + name + ".weight"]);
            (InputNorm, AttentionNorm) = (weights[prefix + "input_layernorm.weight"], weights[prefix + "post_attention_layernorm.weight"]);
            (Query, Key, Value, Output) = (Linear("self_attn.q_proj"), Linear("self_attn.k_proj"), Linear("self_attn.v_proj"), Linear("self_attn.o_proj"));
            (Gate, Up, Down) = (Linear("mlp.gate_proj"), Linear("mlp.up_proj"), Linear("mlp.down_proj"));
        }

        public Tensor Feed(Tensor x, bool training) => Down.Forward(silu(Gate.Forward(x, training)) * Up.Forward(x, training), training);
    }
}
