using AsFT.Experiments.Models;
using AsFT.Experiments.Specification;

namespace AsFT.Experiments.Classification;

/// <summary>What a classification run will take, counted before it starts.</summary>
public static class ClassifierEstimate
{
    /// <summary>Texts that are scored side by side.</summary>
    public const int ScoredTogether = 64;

    /// <param name="rows">texts to learn</param>
    /// <param name="labels">how many there are</param>
    public static RunEstimate Of(RunSpecification s, ModelConfig encoder, long rows, int labels)
    {
        var t = s.Training;
        if (string.IsNullOrEmpty(s.Scoring.Dev)) rows -= (long)(rows * s.Scoring.DevShare);
        var perEpoch = ((rows + t.BatchSize - 1) / t.BatchSize + t.Accumulation - 1) / t.Accumulation;
        return new([.. Terms(s, encoder, labels)], perEpoch, perEpoch * t.Epochs, t.Epochs + 2L);
    }

    private static IEnumerable<MemoryTerm> Terms(RunSpecification s, ModelConfig c, int labels)
    {
        long h = c.HiddenSize, weights = c.ParameterCount, head = s.Classifier.Form == ClassifierForm.LabelWords ? h * h + 2 * h + 1 : (h + 1) * labels;
        var adapter = c.Linears().Where(l => s.Lora.Rank > 0 && LoraTargets.Matches(s.Lora, l.Module)).Sum(l => s.Lora.Rank * (l.Shape[0] + l.Shape[1]));
        var size = s.Training.Precision == PrecisionKind.Float32 ? sizeof(float) : 2;
        var trained = head + (s.Lora.Rank > 0 ? adapter : weights);
        yield return new("Weights", weights * size + (head + adapter) * sizeof(float), $"{weights:N0} parameters of the encoder × {size} bytes, {head + adapter:N0} of head and adapter × 4");
        yield return new("Gradients", trained * sizeof(float), $"{trained:N0} trained parameters × 4 bytes");
        if (s.Optimiser.Kind == OptimiserKind.Adamw) yield return new("Optimiser state", 2 * trained * sizeof(float), "two moments of AdamW per trained parameter");
        yield return new("The best weights while they are written", trained * sizeof(float), "one copy");
        long tokens = (long)s.Training.BatchSize * s.Data.MaxLength, perLayer = 12 * h + 3L * c.IntermediateSize;
        var (kept, scoring) = (tokens * c.Layers, (long)ScoredTogether * s.Data.MaxLength);
        yield return kept >= scoring // the one takes the place of the other
            ? new("Activations kept for the backward pass", kept * perLayer * sizeof(float), $"at most {tokens:N0} tokens × {perLayer:N0} values × {c.Layers} layers × 4 bytes")
            : new("One layer while scoring", scoring * perLayer * sizeof(float), $"at most {scoring:N0} tokens × {perLayer:N0} values × 4 bytes");
        if (c is BertConfig { Dropout: > 0 })
            yield return new("Attention that dropout keeps whole", 3 * tokens * c.Heads * s.Data.MaxLength * c.Layers * sizeof(float), $"3 × at most {tokens:N0} tokens × {c.Heads} heads × {s.Data.MaxLength:N0} tokens × {c.Layers} layers × 4 bytes");
        yield return new("The process itself", RunEstimate.Process, ".NET and libtorch, about");
    }
}
