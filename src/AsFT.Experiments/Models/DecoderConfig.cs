using System.Text.Json;

namespace AsFT.Experiments.Models;

public enum DecoderKind { Llama, Qwen2, Gemma2 }

/// <summary>Llama 3's stretching of rotary positions: long wavelengths are divided by the factor, short ones kept, those between blended.</summary>
public sealed record RopeStretch(double Factor, double LowFrequency, double HighFrequency, int OriginalPositions);

/// <summary>A decoder: Llama 2 and 3, Qwen 2 and 2.5, Gemma 2, to continue text or to classify it.</summary>
public sealed record DecoderConfig : ModelConfig
{
    public DecoderKind Kind { get; init; }
    public required int KeyValueHeads { get; init; }
    public required int HeadSize { get; init; }
    public double NormEpsilon { get; init; } = 1e-5;
    public double RopeTheta { get; init; } = 10_000;
    public RopeStretch? RopeStretch { get; init; }

    /// <summary>The head is the embedding; the file then holds no head.</summary>
    public bool TiedHead { get; init; }

    /// <summary>Labels of a sequence classifier; 0 for a language model.</summary>
    public int Labels { get; init; }

    /// <summary>Gemma 2: attention scores are multiplied by this in place of 1/√(head size).</summary>
    public double? QueryScale { get; init; }

    /// <summary>Gemma 2: scores s become cap · tanh(s / cap).</summary>
    public double? AttentionCap { get; init; }

    public double? LogitCap { get; init; }

    /// <summary>Gemma 2: in even layers a position sees itself and this many less one before it.</summary>
    public int? SlidingWindow { get; init; }

    public override string Architecture => (Kind == DecoderKind.Llama ? "Llama" : Kind == DecoderKind.Qwen2 ? "Qwen2" : "Gemma2") + (Labels > 0 ? " classifier" : "");

    internal static DecoderConfig From(ConfigFile c)
    {
        var kind = c.Text("model_type") switch { "qwen2" => DecoderKind.Qwen2, "gemma2" => DecoderKind.Gemma2, _ => DecoderKind.Llama };
        var gemma = kind == DecoderKind.Gemma2;
        c.Refuse(c.Flag("attention_bias") || c.Flag("mlp_bias"), "biases in attention or MLP");
        c.Refuse(c.Flag("use_sliding_window"), "use_sliding_window");
        c.Refuse(c.Group("quantization_config") is not null, "quantization_config");
        var activation = c.Text("hidden_activation") ?? (gemma ? "gelu_pytorch_tanh" : c.Text("hidden_act") ?? "silu"); // Gemma's hidden_act is ignored, as Hugging Face does
        if (activation != (gemma ? "gelu_pytorch_tanh" : "silu")) throw new ModelException($"the activation '{activation}' is not supported for {kind}");
        var type = c.First("architectures") ?? "";
        var classifier = type.EndsWith("ForSequenceClassification", StringComparison.Ordinal);
        if (type.Length > 0 && !classifier && !type.EndsWith("ForCausalLM", StringComparison.Ordinal)) throw new ModelException($"the model is a {type}; decoders are read as ForCausalLM and ForSequenceClassification");

        int heads = c.Whole("num_attention_heads"), keyValueHeads = c.Whole("num_key_value_heads", heads)!.Value, hidden = c.Whole("hidden_size");
        var size = c.Whole("head_dim", gemma ? 256 : hidden / Math.Max(1, heads))!.Value;
        if (keyValueHeads < 1 || size < 1) throw new ModelException("config.json holds a size that is not positive");
        if (heads % keyValueHeads != 0) throw new ModelException($"{heads} attention heads cannot share {keyValueHeads} key-value heads");
        return new()
        {
            Kind = kind, VocabularySize = c.Whole("vocab_size"), HiddenSize = hidden, IntermediateSize = c.Whole("intermediate_size"),
            Layers = c.Whole("num_hidden_layers"), Heads = heads, KeyValueHeads = keyValueHeads, HeadSize = size,
            MaxPositions = c.Whole("max_position_embeddings", gemma ? 8192 : 2048)!.Value, PadId = c.Whole("pad_token_id", null),
            NormEpsilon = c.Number("rms_norm_eps") ?? 1e-6, RopeTheta = c.Number("rope_theta") ?? c.Group("rope_parameters")?.Number("rope_theta") ?? 10_000, RopeStretch = Stretch(c),
            TiedHead = c.Flag("tie_word_embeddings", otherwise: gemma) && !classifier, Labels = classifier ? Math.Max(1, c.Count("id2label")) : 0,
            QueryScale = gemma ? 1 / Math.Sqrt(c.Number("query_pre_attn_scalar") ?? 256) : null,
            AttentionCap = gemma ? c.Number("attn_logit_softcapping") : null, LogitCap = gemma ? c.Number("final_logit_softcapping") : null,
            SlidingWindow = gemma ? c.Whole("sliding_window", 4096) : null,
        };
    }

    /// <summary>Older files keep it in rope_scaling, newer ones, with θ, in rope_parameters.</summary>
    private static RopeStretch? Stretch(ConfigFile c) => (c.Group("rope_parameters") ?? c.Group("rope_scaling")) switch
    {
        null => null,
        var s when s.Group("full_attention") is not null || s.Group("sliding_attention") is not null => throw new ModelException("config.json gives each kind of attention rope_parameters of its own, which is not supported"),
        var s => (s.Text("rope_type") ?? s.Text("type")) switch
        {
            "default" => null,
            "llama3" => new(s.Number("factor") ?? 8, s.Number("low_freq_factor") ?? 1, s.Number("high_freq_factor") ?? 4, s.Whole("original_max_position_embeddings")),
            var other => throw new ModelException($"config.json sets rope_scaling of the kind '{other}', which is not supported; llama3 is"),
        },
    };

    public string ToJson()
    {
        if (Kind != DecoderKind.Llama || RopeStretch is not null || Labels > 0) throw new NotSupportedException("only plain Llama models are made here; others keep the config.json they came with");
        return JsonSerializer.Serialize(new Dictionary<string, object?>
        {
            ["architectures"] = new[] { "LlamaForCausalLM" }, ["model_type"] = "llama", ["vocab_size"] = VocabularySize,
            ["hidden_size"] = HiddenSize, ["intermediate_size"] = IntermediateSize, ["num_hidden_layers"] = Layers,
            ["num_attention_heads"] = Heads, ["num_key_value_heads"] = KeyValueHeads, ["head_dim"] = HeadSize,
            ["max_position_embeddings"] = MaxPositions, ["rms_norm_eps"] = NormEpsilon, ["rope_theta"] = RopeTheta,
            ["tie_word_embeddings"] = TiedHead, ["hidden_act"] = "silu", ["attention_bias"] = false, ["mlp_bias"] = false,
            ["torch_dtype"] = "float32",
        }, new JsonSerializerOptions { WriteIndented = true }) + "\n";
    }

    public override IEnumerable<(string Name, long[] Shape)> Parameters()
    {
        long h = HiddenSize;
        var bySize = Linears().ToDictionary(l => l.Module, l => l.Shape);
        yield return ("model.embed_tokens.weight", [VocabularySize, h]);
        for (var i = 0; i < Layers; i++)
        {
            var layer = $"model.layers.{i}.";
            foreach (var norm in Norms) yield return (layer + norm + ".weight", [h]);
            foreach (var linear in LayerLinears)
            {
                var shape = bySize[layer + linear];
                yield return (layer + linear + ".weight", shape);
                if (Kind == DecoderKind.Qwen2 && linear is "self_attn.q_proj" or "self_attn.k_proj" or "self_attn.v_proj") yield return (layer + linear + ".bias", [shape[0]]);
            }
        }
        yield return ("model.norm.weight", [h]);
        if (Labels > 0) yield return ("score.weight", [Labels, h]);
        else if (!TiedHead) yield return ("lm_head.weight", [VocabularySize, h]);
    }

    public override IEnumerable<(string Module, long[] Shape)> Linears()
    {
        long h = HiddenSize, q = (long)Heads * HeadSize, kv = (long)KeyValueHeads * HeadSize, f = IntermediateSize;
        long[][] shapes = [[q, h], [kv, h], [kv, h], [h, q], [f, h], [f, h], [h, f]];
        return Enumerable.Range(0, Layers).SelectMany(i => LayerLinears.Zip(shapes, (name, shape) => ($"model.layers.{i}.{name}", shape)));
    }

    private static readonly string[] LayerLinears =
        ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj", "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"];

    private IEnumerable<string> Norms => Kind == DecoderKind.Gemma2
        ? ["input_layernorm", "post_attention_layernorm", "pre_feedforward_layernorm", "post_feedforward_layernorm"]
        : ["input_layernorm", "post_attention_layernorm"];
}
