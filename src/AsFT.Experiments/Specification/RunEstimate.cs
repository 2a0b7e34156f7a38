using AsFT.Experiments.Models;

namespace AsFT.Experiments.Specification;

/// <summary>One part of the memory a run needs, and how it is counted.</summary>
public sealed record MemoryTerm(string Name, long Bytes, string How);

/// <summary>How long rows and prompts are, where they were looked at; without it every row is taken to be as long as allowed.</summary>
/// <param name="Rows">the longest row of a batch</param>
/// <param name="Learnt">learnt tokens of a batch</param>
/// <param name="Prompts">the longest prompt that is answered, its answer not counted</param>
/// <param name="Sampled">how many rows were looked at</param>
/// <param name="Cut">how many of them are longer than allowed</param>
/// <param name="Empty">of how many the cut leaves nothing to learn</param>
public sealed record SeenLengths(int Rows, int Learnt, int Prompts, int Sampled, int Cut, int Empty);

/// <summary>What a run will take, counted before it starts.</summary>
public sealed record RunEstimate(IReadOnlyList<MemoryTerm> Memory, long StepsPerEpoch, long Steps, long Evaluations)
{
    private const int Float = sizeof(float);

    /// <summary>Resident memory of a trainer with libtorch loaded and a model of no size; seen with the shipped pair.</summary>
    internal const long Process = 300_000_000;

    public long Bytes => Memory.Sum(t => t.Bytes);

    /// <param name="rows">training rows in all</param>
    /// <param name="judges">what judges here on a model of its own</param>
    /// <param name="seen">null: an upper bound</param>
    public static RunEstimate Of(RunSpecification s, DecoderConfig c, long rows, IReadOnlyList<ModelConfig>? judges = null, SeenLengths? seen = null)
    {
        var (t, e) = (s.Training, s.Evaluation);
        rows += (s.SafeInstruct?.Count ?? 0) + (s.Bea?.Count ?? 0);
        var batches = (rows + t.BatchSize - 1) / t.BatchSize;
        var perEpoch = (batches + t.Accumulation - 1) / t.Accumulation;
        var evaluated = !string.IsNullOrEmpty(e.HarmfulPrompts) || !string.IsNullOrEmpty(e.HarmlessPrompts) || !string.IsNullOrEmpty(e.Task) || !string.IsNullOrEmpty(e.ValidationPrompts) || !string.IsNullOrEmpty(e.ValidationTask);
        return new([.. Terms(s, c, evaluated, seen), .. (judges ?? []).Select(j => Judge(s, j))], perEpoch, perEpoch * t.Epochs, evaluated ? e.Count(perEpoch * t.Epochs, (int)perEpoch) : 0);
    }

    /// <summary>Bytes of a number of the frozen weights.</summary>
    public static int Size(PrecisionKind precision) => precision == PrecisionKind.Float32 ? Float : Float / 2;

    internal static MemoryTerm Judge(RunSpecification s, ModelConfig judge)
    {
        var size = Size(s.Training.Precision);
        return new("A judge's weights", judge.ParameterCount * size, $"{judge.ParameterCount:N0} parameters × {size} bytes");
    }

    private static IEnumerable<MemoryTerm> Terms(RunSpecification s, DecoderConfig c, bool evaluated, SeenLengths? seen)
    {
        var adapted = c.Linears().Where(l => LoraTargets.Matches(s.Lora, l.Module)).Select(l => l.Shape).ToList();
        var weights = c.ParameterCount;
        var adapter = adapted.Sum(shape => s.Lora.Rank * (shape[0] + shape[1]));
        var size = Size(s.Training.Precision);
        var kind = $"{size} bytes";
        var all = s.Lora.Rank == 0;
        var trained = all ? weights : adapter;
        yield return new(all ? "Weights" : "Frozen weights", weights * size, $"{weights:N0} parameters × {kind}");
        yield return all
            ? new("Gradients", weights * Float, $"{weights:N0} parameters × 4 bytes: all weights are trained")
            : new("Adapter and its gradient", 2 * adapter * Float, $"2 × {adapter:N0} parameters × 4 bytes (r × (in + out) in {adapted.Count} layers)");
        if (s.Optimiser.Kind == OptimiserKind.Adamw) yield return new("Optimiser state", 2 * trained * Float, "two moments of AdamW per trained parameter");
        var squares = adapted.Sum(shape => shape[0] * shape[0] * Float);
        if (!all && !string.IsNullOrEmpty(s.Model.Base)) yield return new("Alignment direction", squares, "one out × out matrix per adapted layer");
        if (s.Method.Has(MethodKind.Asft) || s.Method.Has(MethodKind.Reversed)) yield return new("Penalty", squares, "one out × out matrix per adapted layer");
        var copies = s.Lisa is not null ? 1 : s.Booster is not null || s.Panacea is not null ? 2 : 0;
        if (copies > 0) yield return new("Copies that the defence keeps", copies * trained * Float, $"{copies} × {trained:N0} parameters × 4 bytes");

        var (tokens, perLayer) = ((long)s.Training.BatchSize * (seen?.Rows ?? Math.Min(s.Data.MaxLength, c.MaxPositions)), ValuesPerLayer(c));
        if (s.Training.Recompute) yield return new("Inputs of the layers, and one layer's inner values", tokens * (c.HiddenSize * c.Layers + perLayer) * size, $"{tokens:N0} tokens × ({c.HiddenSize:N0} values × {c.Layers} layers + {perLayer:N0}) × {kind}");
        else yield return new("Activations kept for the backward pass", tokens * perLayer * c.Layers * size, $"{tokens:N0} tokens × {perLayer:N0} values × {c.Layers} layers × {kind}");
        var learnt = seen?.Learnt ?? tokens;
        yield return new("Logits and their gradient", 3 * learnt * c.VocabularySize * Float, $"3 × {learnt:N0} tokens × {c.VocabularySize:N0} words × 4 bytes{(seen is null ? ", if every token is learnt" : "")}");
        if (evaluated)
            foreach (var term in Answering(s, c, seen?.Prompts ?? s.Data.MaxLength)) yield return term;
        yield return new("The process itself", Process, ".NET and libtorch, about");
    }

    private static long ValuesPerLayer(DecoderConfig c) => 4L * c.HiddenSize + 3L * c.Heads * c.HeadSize + 3L * c.KeyValueHeads * c.HeadSize + 4L * c.IntermediateSize;

    /// <param name="prompt">tokens of the longest prompt</param>
    internal static IEnumerable<MemoryTerm> Answering(RunSpecification s, DecoderConfig c, int prompt)
    {
        var (e, size, kv) = (s.Evaluation, Size(s.Training.Precision), (long)c.KeyValueHeads * c.HeadSize);
        var width = Math.Min(c.MaxPositions, prompt + Math.Max(e.HarmfulNewTokens, string.IsNullOrEmpty(e.Task) ? 0 : e.TaskNewTokens));
        yield return new("One layer while answering", e.BatchSize * width * ValuesPerLayer(c) * size, $"{e.BatchSize} prompts × {width} tokens × {ValuesPerLayer(c):N0} values × {size} bytes");
        yield return new("Keys and values while answering", 2L * c.Layers * kv * e.BatchSize * width * size, $"2 × {c.Layers} layers × {kv} × {e.BatchSize} prompts × {width} tokens × {size} bytes");
    }
}
