using System.Text.Json;
using AsFT.Experiments.Classification;

namespace AsFT.Experiments.Specification;

/// <summary>What a specification of the task classification may hold beyond what every run may.</summary>
internal static class ClassificationRules
{
    private const int HeadSize = 8;

    public static IEnumerable<Fault> Check(RunSpecification s)
    {
        var (c, loss) = (s.Classifier, s.Loss);
        var fresh = string.IsNullOrEmpty(c.Encoder);
        if (fresh && c.Form == ClassifierForm.LastToken) yield return new("classifier.encoder", "is missing; the form last_token needs a language model, such as a Llama");
        if (fresh && s.Lora.Rank > 0) yield return new("lora.rank", $"is {s.Lora.Rank}, and the encoder is made anew, so there is nothing to adapt; take 0, or name an encoder");
        if (fresh && c.Width % HeadSize != 0) yield return new("classifier.width", $"is {c.Width}; take a multiple of {HeadSize}");
        if (loss.Kind.NeedsLabelTokens() && c.Form != ClassifierForm.LabelWords) yield return new("loss.kind", "is icl, which compares the labels' own tokens; take the form label_words, or another loss");
        if (s.Data.Batching == BatchingKind.Packed) yield return new("data.batching", "is packed, and texts are classified one a line; take mixed or similar");
        if (s.Training.Recompute) yield return new("training.recompute", "is not there for classifiers; take false");
        if (s.Training.Snapshots) yield return new("training.snapshots", "are not there for classifiers; take false");
        if (s.Training.Precision == PrecisionKind.Float16) yield return new("training.precision", "is float16, and classifiers have no loss scaling; take float32, or bfloat16 with a lora.rank above 0");
        if (s.Training.Device.Contains(',')) yield return new("training.device", $"is {s.Training.Device}, and a classifier lies on one device; name one");
        if (loss.Kind.IsContrastive() && !loss.Kind.NeedsLabelTokens() && s.Training.BatchSize < 2) yield return new("training.batch_size", "is 1, and a contrastive loss compares the texts of a batch; take 2 or more, 32 as the paper does");
        foreach (var fault in Words(c)) yield return fault;
        if (!string.IsNullOrEmpty(s.Scoring.Test) && s.Data.Train.Contains(s.Scoring.Test)) yield return new("scoring.test", "is learnt from too; a test on rows that were learnt says nothing");
        if (!string.IsNullOrEmpty(s.Scoring.Dev) && s.Data.Train.Contains(s.Scoring.Dev)) yield return new("scoring.dev", "is learnt from too; leave it empty, and a share of the training rows is set aside");
        if (!string.IsNullOrEmpty(s.Scoring.Dev) && s.Scoring.Dev == s.Scoring.Test) yield return new("scoring.test", "is also dev, on which thresholds and the best epoch are chosen; take other rows");
        foreach (var fault in new object[] { c, loss, s.Scoring }.SelectMany(g => Ranges.Check(g, JsonNamingPolicy.SnakeCaseLower.ConvertName(g.GetType().Name[..^"Options".Length])))) yield return fault;
    }

    private static IEnumerable<Fault> Words(ClassifierOptions c)
    {
        var seen = new HashSet<string>();
        foreach (var (written, i) in c.LabelWords.Select((w, i) => (w, i)))
            if (LabelRules.Pair(written) is not { } pair) yield return new($"classifier.label_words[{i}]", $"is '{written}'; write it as label=word");
            else if (!seen.Add(pair.Label)) yield return new($"classifier.label_words[{i}]", $"gives the label '{pair.Label}' a second word; leave one");
    }
}
