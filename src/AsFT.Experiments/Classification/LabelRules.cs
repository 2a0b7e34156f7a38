using AsFT.Experiments.Datasets;
using AsFT.Experiments.Specification;

namespace AsFT.Experiments.Classification;

/// <summary>Whether the datasets of a classification run belong together; needs their summaries, so it is asked when they are known.</summary>
public static class LabelRules
{
    public const int Fewest = 2, Most = 500;

    /// <summary>The labels of the training datasets, in the order in which they come.</summary>
    public static IReadOnlyList<string> Labels(IEnumerable<DatasetSummary> train) => [.. train.SelectMany(d => d.Labels.Select(l => l.Label)).Distinct()];

    /// <param name="train">by path in the specification</param>
    /// <param name="others">dev and test, by path</param>
    public static IEnumerable<Fault> Check(IReadOnlyDictionary<string, DatasetSummary> train, IReadOnlyDictionary<string, DatasetSummary> others)
    {
        foreach (var (path, dataset) in train.Concat(others).Where(d => d.Value.Kind != DatasetKind.MultiLabel))
            yield return new(path, $"'{dataset.Name}' holds no labels; take a file with a text column and a column of 0 and 1 for each label, or a list of labels");
        if (train.Values.Any(d => d.Kind != DatasetKind.MultiLabel)) yield break;
        var labels = Labels(train.Values);
        if (labels.Count < Fewest) yield return new("data.train", $"has {(labels.Count == 0 ? "no label" : $"the one label '{labels[0]}'")}; a multi-label classifier needs at least {Fewest}");
        if (labels.Count > Most) yield return new("data.train", $"has {labels.Count} labels; at most {Most} are learnt together");
        var all = $"{string.Join(", ", labels.Take(12))}{(labels.Count > 12 ? " …" : "")}";
        foreach (var (path, dataset) in train.Concat(others).Where(d => d.Value.Kind == DatasetKind.MultiLabel))
            if (dataset.Labels.Select(l => l.Label).Except(labels).ToList() is { Count: > 0 } strange)
                yield return new(path, $"'{dataset.Name}' has {(strange.Count == 1 ? "the label" : "the labels")} '{string.Join("', '", strange.Take(5))}', which the training rows do not have; they have {all}");
            else if (Unlabelled(dataset, labels) is { } missing)
                yield return new(path, $"'{dataset.Name}' has no column for the label '{missing}', so that it is not known which of its texts have it; add the column, or take texts with columns for all of {all}");
    }

    /// <summary>A label without a column, of whose texts it is not known whether they have it. Where rows list their labels, one that none lists is no fault: no text has it.</summary>
    public static string? Unlabelled(DatasetSummary texts, IReadOnlyList<string> labels) =>
        !texts.Columns.Contains("labels") && texts.Labels.All(l => texts.Columns.Contains(l.Label)) ? labels.Except(texts.Labels.Select(l => l.Label)).FirstOrDefault() : null;

    /// <summary>Words for labels that the data does not have.</summary>
    public static IEnumerable<Fault> CheckWords(ClassifierOptions options, IReadOnlyList<string> labels) => options.LabelWords
        .Select((w, i) => (Pair(w)?.Label, i)).Where(w => w.Label is not null && !labels.Contains(w.Label))
        .Select(w => new Fault($"classifier.label_words[{w.i}]", $"names the label '{w.Label}', which the data does not have; it has {string.Join(", ", labels.Take(12))}"));

    /// <summary>What stands in the first segment for each label.</summary>
    public static IReadOnlyList<string> Words(ClassifierOptions options, IReadOnlyList<string> labels)
    {
        var words = options.LabelWords.Select(Pair).OfType<(string Label, string Word)>().ToLookup(w => w.Label, w => w.Word);
        return [.. labels.Select(l => words[l].FirstOrDefault(l))];
    }

    /// <summary>What stands before and after the last =, which a label may hold and a word does not; null where one is missing.</summary>
    internal static (string Label, string Word)? Pair(string written) =>
        written.LastIndexOf('=') is > 0 and var at && at < written.Length - 1 ? (written[..at], written[(at + 1)..]) : null;
}
