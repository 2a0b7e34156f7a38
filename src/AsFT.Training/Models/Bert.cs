using AsFT.Experiments.Models;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace AsFT.Training.Models;

/// <summary>
/// The BERT encoder (Devlin et al. 2019): learnt positions and token types, attention in both directions, a LayerNorm after
/// each half of a layer, GELU by the error function. Weights lie under Hugging Face's names without "bert.".
/// </summary>
public sealed class Bert : IDisposable
{
    private readonly Layer[] layers;

    public BertConfig Config { get; }
    public IReadOnlyDictionary<string, Parameter> Weights { get; }
    public Device Device => Weights["embeddings.LayerNorm.weight"].device;

    /// <summary>Dropout is active only while training.</summary>
    public bool Training { get; set; }

    public IEnumerable<Projection> Projections => layers.SelectMany(l => l.Projections);

    public Bert(BertConfig config, IReadOnlyDictionary<string, Parameter> weights)
    {
        (Config, Weights) = (config, weights);
        layers = [.. Enumerable.Range(0, config.Layers).Select(i => new Layer(i, weights))];
    }

    /// <summary>Reads a Hugging Face directory; the weights are frozen.</summary>
    /// <exception cref="ModelException">the directory holds no usable BERT</exception>
    public static Bert Load(string directory, Device device, ScalarType type) =>
        ModelDirectory.Inspect(directory).Config is BertConfig config ? new(config, WeightFiles.Read(directory, config, _ => device, type))
        : throw new ModelException("it is no BERT encoder");

    /// <summary>
    /// Fresh weights, normal with deviation 0.02·√(768/width): BERT's own at its own width, and as much passed on from layer to layer at
    /// smaller ones, where a plain 0.02 hardly learns to attend.
    /// </summary>
    public static Bert Create(BertConfig config, Device device) => new(config, WeightFiles.Fresh(config, device, 0.02 * Math.Sqrt(768.0 / config.HiddenSize)));

    /// <summary>The last layer's states, (B, T, hidden).</summary>
    /// <param name="ids">(B, T)</param>
    /// <param name="mask">(B, T) true at text; null: all is text, padding too, as the published classifiers have it</param>
    /// <param name="types">(B, T) which segment an id belongs to; null: all to the first</param>
    public Tensor Forward(Tensor ids, Tensor? mask = null, Tensor? types = null)
    {
        var visible = mask?.unsqueeze(1).unsqueeze(1); // (B, 1, 1, T)
        var x = Embed(ids, types);
        foreach (var layer in layers)
        {
            using var scope = NewDisposeScope();
            x = Encode(layer, x, visible).MoveToOuterDisposeScope();
        }
        return x;
    }

    /// <summary>tanh of a linear layer on the first token's state, (B, hidden).</summary>
    public Tensor Pool(Tensor states) => linear(states.select(1, 0), Weights["pooler.dense.weight"], Weights["pooler.dense.bias"]).tanh();

    private Tensor Embed(Tensor ids, Tensor? types)
    {
        var words = Look(ids, "word");
        if (Config.PadId is { } padding) words = where(ids.eq(padding).unsqueeze(-1), words.detach(), words); // padding is not learnt
        var positions = Weights["embeddings.position_embeddings.weight"].narrow(0, 0, ids.shape[1]).unsqueeze(0);
        return Drop(Norm(words + positions + Look(types ?? zeros_like(ids), "token_type"), "embeddings"));
    }

    private Tensor Look(Tensor ids, string table) => Weights[$"embeddings.{table}_embeddings.weight"].index_select(0, ids.flatten()).view(ids.shape[0], ids.shape[1], Config.HiddenSize);

    private Tensor Encode(Layer layer, Tensor x, Tensor? visible)
    {
        long rows = x.shape[0], length = x.shape[1], size = Config.HiddenSize / Config.Heads;
        Tensor Split(Tensor t) => t.view(rows, length, Config.Heads, size).transpose(1, 2); // (B, heads, T, size)
        var seen = scaled_dot_product_attention(Split(layer.Query.Forward(x, Training)), Split(layer.Key.Forward(x, Training)), Split(layer.Value.Forward(x, Training)), visible, Training ? Config.Dropout : 0);
        var attended = layer.Attended.Forward(seen.transpose(1, 2).reshape(rows, length, Config.HiddenSize), Training);
        x = Norm(x + Drop(attended), layer.Name + "attention.output");
        return Norm(x + Drop(layer.Down.Forward(gelu(layer.Up.Forward(x, Training)), Training)), layer.Name + "output");
    }

    private Tensor Norm(Tensor x, string name) => layer_norm(x, [Config.HiddenSize], Weights[name + ".LayerNorm.weight"], Weights[name + ".LayerNorm.bias"], Config.NormEpsilon);

    private Tensor Drop(Tensor x) => Training && Config.Dropout > 0 ? dropout(x, Config.Dropout) : x;

    public void Dispose()
    {
        foreach (var weight in Weights.Values) weight.Dispose();
        foreach (var projection in Projections) projection.Lora?.Dispose();
    }

    private sealed class Layer(int index, IReadOnlyDictionary<string, Parameter> weights)
    {
        public string Name { get; } = $"encoder.layer.{index}.";
        public Projection Query { get; } = Of("attention.self.query", index, weights);
        public Projection Key { get; } = Of("attention.self.key", index, weights);
        public Projection Value { get; } = Of("attention.self.value", index, weights);
        public Projection Attended { get; } = Of("attention.output.dense", index, weights);
        public Projection Up { get; } = Of("intermediate.dense", index, weights);
        public Projection Down { get; } = Of("output.dense", index, weights);

        public IEnumerable<Projection> Projections => [Query, Key, Value, Attended, Up, Down];

        private static Projection Of(string name, int index, IReadOnlyDictionary<string, Parameter> weights) => Projection.Of($"encoder.layer.{index}.{name}", weights);
    }
}
