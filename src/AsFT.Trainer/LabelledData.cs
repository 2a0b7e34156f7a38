using AsFT.Experiments.Classification;
using AsFT.Experiments.Datasets;
using AsFT.Experiments.Events;
using AsFT.Experiments.Specification;
using AsFT.Experiments.Statistics;

namespace AsFT.Trainer;

/// <summary>A text and which of the labels hold for it.</summary>
internal sealed record LabelledText(string Text, bool[] Labels);

/// <summary>The texts of a classification run: to learn, to choose by, and to be tested on once.</summary>
internal sealed record LabelledData(IReadOnlyList<string> Labels, IReadOnlyList<LabelledText> Train, IReadOnlyList<LabelledText> Dev, IReadOnlyList<LabelledText> Test, string DevName, string? TestName)
{
    /// <exception cref="SpecificationException">the datasets do not belong together</exception>
    public static LabelledData Read(RunSpecification s, Sources sources, string directory, EventLog log)
    {
        DatasetFolder? Find(string? reference, string path) => string.IsNullOrEmpty(reference) ? null : sources.Dataset(reference, path, directory);
        var train = s.Data.Train.Select((t, i) => (Path: $"data.train[{i}]", Folder: Find(t, $"data.train[{i}]")!)).ToDictionary(t => t.Path, t => t.Folder);
        var others = new[] { ("scoring.dev", s.Scoring.Dev), ("scoring.test", s.Scoring.Test) }.Select(o => (o.Item1, Folder: Find(o.Item2, o.Item1))).Where(o => o.Folder is not null).ToDictionary(o => o.Item1, o => o.Folder!);
        Dictionary<string, DatasetSummary> Summaries(Dictionary<string, DatasetFolder> folders) => folders.ToDictionary(f => f.Key, f => f.Value.Summary);
        var labels = LabelRules.Labels(Summaries(train).Values);
        List<Fault> faults = [.. LabelRules.Check(Summaries(train), Summaries(others)), .. LabelRules.CheckWords(s.Classifier, labels)];
        if (faults.Count > 0) throw new SpecificationException(faults);

        IReadOnlyList<LabelledText> TextsOf(DatasetFolder folder) => [.. folder.Rows().OfType<LabelledRow>().Select(r => new LabelledText(r.Text, [.. labels.Select(r.Labels.Contains)]))];
        IReadOnlyList<LabelledText> learnt = [.. train.Values.SelectMany(TextsOf)], dev = others.TryGetValue("scoring.dev", out var given) ? TextsOf(given) : [];
        var devName = given?.Summary.Name ?? "";
        if (given is null)
        {
            var split = IterativeStratification.Split([.. learnt.Select(t => (IReadOnlyList<int>)[.. Enumerable.Range(0, labels.Count).Where(l => t.Labels[l])])], s.Scoring.DevShare, s.Training.Seed);
            (learnt, dev, devName) = ([.. split.Train.Select(i => learnt[i])], [.. split.Dev.Select(i => learnt[i])], FormattableString.Invariant($"{s.Scoring.DevShare:P0} of the training rows, seed {s.Training.Seed}"));
        }
        Audit(labels, learnt, dev, log);
        var test = others.GetValueOrDefault("scoring.test");
        return new(labels, learnt, dev, test is null ? [] : TextsOf(test), devName, test?.Summary.Name);
    }

    private static void Audit(IReadOnlyList<string> labels, IReadOnlyList<LabelledText> train, IReadOnlyList<LabelledText> dev, EventLog log)
    {
        int Without(IReadOnlyList<LabelledText> texts) => texts.Count(t => !t.Labels.Contains(true));
        log.Write(new Log("info", $"{train.Count} texts to learn ({Without(train)} without a label), {dev.Count} to choose by ({Without(dev)} without), {labels.Count} labels"));
        var never = labels.Where((_, l) => !train.Any(t => t.Labels[l])).ToList();
        if (never.Count > 0) log.Write(new Log("warning", $"no text to learn from has the label {string.Join(", ", never.Take(10))}: it cannot be learnt, and its F1 of 0 counts in macro F1"));
        var leaked = train.Select(t => t.Text).ToHashSet();
        if (dev.Count(t => leaked.Contains(t.Text)) is > 0 and var twice) log.Write(new Log("warning", $"{twice} texts of dev are also learnt; scores on them are too good"));
    }
}
