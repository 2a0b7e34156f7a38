using System.Text.Json;

namespace AsFT.Experiments.Models;

/// <summary>What config.json says of a model of the Llama architecture.</summary>
public sealed record LlamaConfig
{
    public required int VocabularySize { get; init; }
    public required int HiddenSize { get; init; }
    public required int IntermediateSize { get; init; }
    public required int Layers { get; init; }
    public required int Heads { get; init; }
    public required int KeyValueHeads { get; init; }
    public required int HeadSize { get; init; }
    public required int MaxPositions { get; init; }
    public double NormEpsilon { get; init; } = 1e-5;
    public double RopeTheta { get; init; } = 10_000;
    public bool TiedHead { get; init; }

    /// <exception cref="ModelException">not a Llama configuration that is read here</exception>
    public static LlamaConfig Read(string directory)
    {
        var path = Path.Combine(directory, "config.json");
        if (!File.Exists(path)) throw new ModelException("config.json is missing: the directory holds no Hugging Face model. Copy the whole model directory.");
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return FromJson(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new ModelException($"config.json cannot be read: {e.Message}", e);
        }
    }

    private static LlamaConfig FromJson(JsonElement c)
    {
        int Whole(string key) => c.TryGetProperty(key, out var v) ? v.GetInt32() : throw new ModelException($"config.json has no '{key}'");
        int WholeOr(string key, int otherwise) => c.TryGetProperty(key, out var v) && v.ValueKind == JsonValueKind.Number ? v.GetInt32() : otherwise;
        double NumberOr(string key, double otherwise) => c.TryGetProperty(key, out var v) && v.ValueKind == JsonValueKind.Number ? v.GetDouble() : otherwise;
        bool Flag(string key) => c.TryGetProperty(key, out var v) && v.ValueKind == JsonValueKind.True;

        var type = c.TryGetProperty("model_type", out var t) ? t.GetString() : null;
        if (type != "llama") throw new ModelException($"the architecture '{type ?? "unknown"}' is not supported; llama is");
        if (c.TryGetProperty("rope_scaling", out var scaling) && scaling.ValueKind == JsonValueKind.Object) throw new ModelException("rope_scaling is set, which is not supported");
        if (Flag("attention_bias") || Flag("mlp_bias")) throw new ModelException("biases in attention or MLP are not supported for llama");
        if (c.TryGetProperty("hidden_act", out var act) && act.GetString() != "silu") throw new ModelException($"the activation '{act.GetString()}' is not supported; silu is");

        var heads = Whole("num_attention_heads");
        var config = new LlamaConfig
        {
            VocabularySize = Whole("vocab_size"), HiddenSize = Whole("hidden_size"), IntermediateSize = Whole("intermediate_size"),
            Layers = Whole("num_hidden_layers"), Heads = heads, KeyValueHeads = WholeOr("num_key_value_heads", heads),
            HeadSize = WholeOr("head_dim", Whole("hidden_size") / Math.Max(1, heads)), MaxPositions = WholeOr("max_position_embeddings", 2048),
            NormEpsilon = NumberOr("rms_norm_eps", 1e-6), RopeTheta = NumberOr("rope_theta", 10_000), TiedHead = Flag("tie_word_embeddings"),
        };
        if (new[] { config.VocabularySize, config.HiddenSize, config.IntermediateSize, config.Layers, config.Heads, config.KeyValueHeads, config.HeadSize }.Any(n => n < 1))
            throw new ModelException("config.json holds a size that is not positive");
        if (config.Heads % config.KeyValueHeads != 0) throw new ModelException($"{config.Heads} attention heads cannot share {config.KeyValueHeads} key-value heads");
        return config;
    }

    public string ToJson() => JsonSerializer.Serialize(new Dictionary<string, object?>
    {
        ["architectures"] = new[] { "LlamaForCausalLM" }, ["model_type"] = "llama", ["vocab_size"] = VocabularySize,
        ["hidden_size"] = HiddenSize, ["intermediate_size"] = IntermediateSize, ["num_hidden_layers"] = Layers,
        ["num_attention_heads"] = Heads, ["num_key_value_heads"] = KeyValueHeads, ["head_dim"] = HeadSize,
        ["max_position_embeddings"] = MaxPositions, ["rms_norm_eps"] = NormEpsilon, ["rope_theta"] = RopeTheta,
        ["tie_word_embeddings"] = TiedHead, ["hidden_act"] = "silu", ["attention_bias"] = false, ["mlp_bias"] = false,
        ["torch_dtype"] = "float32",
    }, new JsonSerializerOptions { WriteIndented = true }) + "\n";

    /// <summary>Names and shapes of all weights, as Hugging Face names them.</summary>
    public IEnumerable<(string Name, long[] Shape)> Parameters()
    {
        long h = HiddenSize, q = (long)Heads * HeadSize, kv = (long)KeyValueHeads * HeadSize, f = IntermediateSize;
        yield return ("model.embed_tokens.weight", [VocabularySize, h]);
        for (var i = 0; i < Layers; i++)
        {
            var layer = $"model.layers.{i}.";
            yield return (layer + "input_layernorm.weight", [h]);
            yield return (layer + "self_attn.q_proj.weight", [q, h]);
            yield return (layer + "self_attn.k_proj.weight", [kv, h]);
            yield return (layer + "self_attn.v_proj.weight", [kv, h]);
            yield return (layer + "self_attn.o_proj.weight", [h, q]);
            yield return (layer + "post_attention_layernorm.weight", [h]);
            yield return (layer + "mlp.gate_proj.weight", [f, h]);
            yield return (layer + "mlp.up_proj.weight", [f, h]);
            yield return (layer + "mlp.down_proj.weight", [h, f]);
        }
        yield return ("model.norm.weight", [h]);
        if (!TiedHead) yield return ("lm_head.weight", [VocabularySize, h]);
    }
}
