using System.Text.Json;

namespace AsFT.Experiments.Models;

/// <summary>A BERT encoder (Devlin et al. 2019).</summary>
public sealed record BertConfig : ModelConfig
{
    public int TokenTypes { get; init; } = 2;
    public double NormEpsilon { get; init; } = 1e-12;
    public double Dropout { get; init; } = 0.1;

    public override string Architecture => "BERT";

    internal static BertConfig From(ConfigFile c)
    {
        if (c.Text("hidden_act") is { } activation and not "gelu") throw new ModelException($"the activation '{activation}' is not supported for BERT; gelu is");
        c.Refuse(c.Text("position_embedding_type") is not (null or "absolute"), "relative positions");
        int heads = c.Whole("num_attention_heads"), hidden = c.Whole("hidden_size");
        if (heads < 1 || hidden % heads != 0) throw new ModelException($"a width of {hidden} cannot be parted into {heads} heads");
        return new()
        {
            VocabularySize = c.Whole("vocab_size"), HiddenSize = hidden, IntermediateSize = c.Whole("intermediate_size"), Layers = c.Whole("num_hidden_layers"),
            Heads = heads, MaxPositions = c.Whole("max_position_embeddings", 512)!.Value, PadId = c.Whole("pad_token_id", 0), TokenTypes = c.Whole("type_vocab_size", 2)!.Value,
            NormEpsilon = c.Number("layer_norm_eps") ?? 1e-12, Dropout = c.Number("hidden_dropout_prob") ?? 0.1,
        };
    }

    public string ToJson() => JsonSerializer.Serialize(new Dictionary<string, object?>
    {
        ["architectures"] = new[] { "BertModel" }, ["model_type"] = "bert", ["vocab_size"] = VocabularySize, ["hidden_size"] = HiddenSize, ["intermediate_size"] = IntermediateSize,
        ["num_hidden_layers"] = Layers, ["num_attention_heads"] = Heads, ["max_position_embeddings"] = MaxPositions, ["type_vocab_size"] = TokenTypes, ["layer_norm_eps"] = NormEpsilon,
        ["hidden_act"] = "gelu", ["hidden_dropout_prob"] = Dropout, ["attention_probs_dropout_prob"] = Dropout, ["pad_token_id"] = PadId, ["position_embedding_type"] = "absolute", ["torch_dtype"] = "float32",
    }, new JsonSerializerOptions { WriteIndented = true }) + "\n";

    /// <summary>Files of a whole BERT begin each name with "bert.", and old ones call a norm's weight gamma and its bias beta.</summary>
    public override string Canonical(string name) =>
        (name.StartsWith("bert.", StringComparison.Ordinal) ? name["bert.".Length..] : name).Replace("LayerNorm.gamma", "LayerNorm.weight", StringComparison.Ordinal).Replace("LayerNorm.beta", "LayerNorm.bias", StringComparison.Ordinal);

    public override bool IsOptional(string name) => name.StartsWith("pooler.", StringComparison.Ordinal);

    public override IEnumerable<(string Name, long[] Shape)> Parameters()
    {
        long h = HiddenSize;
        yield return ("embeddings.word_embeddings.weight", [VocabularySize, h]);
        yield return ("embeddings.position_embeddings.weight", [MaxPositions, h]);
        yield return ("embeddings.token_type_embeddings.weight", [TokenTypes, h]);
        IEnumerable<string> norms = ["embeddings", .. Enumerable.Range(0, Layers).SelectMany(i => new[] { $"encoder.layer.{i}.attention.output", $"encoder.layer.{i}.output" })];
        foreach (var norm in norms)
        {
            yield return (norm + ".LayerNorm.weight", [h]);
            yield return (norm + ".LayerNorm.bias", [h]);
        }
        foreach (var (module, shape) in Linears().Append(("pooler.dense", [h, h])))
        {
            yield return (module + ".weight", shape);
            yield return (module + ".bias", [shape[0]]);
        }
    }

    public override IEnumerable<(string Module, long[] Shape)> Linears()
    {
        long h = HiddenSize, f = IntermediateSize;
        (string, long[])[] layer =
        [
            ("attention.self.query", [h, h]), ("attention.self.key", [h, h]), ("attention.self.value", [h, h]),
            ("attention.output.dense", [h, h]), ("intermediate.dense", [f, h]), ("output.dense", [h, f]),
        ];
        return Enumerable.Range(0, Layers).SelectMany(i => layer.Select(l => ($"encoder.layer.{i}.{l.Item1}", l.Item2)));
    }
}
