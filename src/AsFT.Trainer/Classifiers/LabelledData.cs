using AsFT.Experiments.Classification;
using AsFT.Experiments.Datasets;
using AsFT.Experiments.Events;
using AsFT.Experiments.Specification;
using AsFT.Experiments.Statistics;

namespace AsFT.Trainer.Classifiers;

/// <summary>A text and which of the labels hold for it.</summary>
internal sealed record LabelledText(string Text, bool[] Labels);

/// <summary>The texts of a classification run: to learn, to choose by, and to be tested on once.</summary>
internal sealed record LabelledData(IReadOnlyList<string> Labels, IReadOnlyList<LabelledText> Train, IReadOnlyList<LabelledText> Dev, IReadOnlyList<LabelledText> Test, string DevName, string? TestName)
{
    /// <summary>SHA-256 of the datasets to learn from and to choose by.</summary>
    public required IReadOnlyList<string> Seen { get; init; }

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
        if (learnt.Count == 0 || dev.Count == 0) throw new SpecificationException([NothingLeft(s, learnt.Count, dev.Count)]);
        var test = others.GetValueOrDefault("scoring.test");
        var data = new LabelledData(labels, learnt, dev, test is null ? [] : TextsOf(test), devName, test?.Summary.Name) { Seen = [.. train.Values.Append(given).OfType<DatasetFolder>().Select(d => d.Summary.Sha256).Distinct()] };
        foreach (var words in train.Values.Concat(others.Values).DistinctBy(d => d.Summary.Sha256).Select(d => d.SetAsideWords()).OfType<string>()) log.Write(new Log("warning", words));
        data.Audit(log, s.Loss);
        return data;
    }

    private static Fault NothingLeft(RunSpecification s, int learnt, int dev) => new("scoring.dev_share", FormattableString.Invariant(
        $"is {s.Scoring.DevShare}, which leaves {learnt} of the {learnt + dev} texts to learn and sets {dev} aside; take another share, add texts, or name a dataset as scoring.dev"));

    private void Audit(EventLog log, LossOptions loss)
    {
        static int Without(IReadOnlyList<LabelledText> texts) => texts.Count(t => !t.Labels.Contains(true));
        log.Write(new Log("info", $"{Train.Count} texts to learn ({Without(Train)} without a label), {Dev.Count} to choose by ({Without(Dev)} without), {Labels.Count} labels"));
        void Warn(string message) => log.Write(new Log("warning", message));
        if (WithoutNumber(loss) is > 0 and var undefined) Warn($"{undefined} texts to learn {(loss.Kind == LossKind.Joint ? "have all labels" : "have no label")}, and the published {loss.Kind.ToString().ToUpperInvariant()} is no number for them: the run ends at the first batch that holds one. Take loss.form sound");
        if (Missing(Train) is { Count: > 0 } never) Warn($"no text to learn from has the label {Some(never)}: it cannot be learnt, and its F1 of 0 counts in macro F1");
        foreach (var (set, texts) in new[] { ("dev", Dev), ("test", Test) }.Where(s => s.Item2.Count > 0))
            if (Missing(texts) is { Count: > 0 } absent) Warn($"no text of {set} has the label {Some(absent)}: its F1 there is 0 however good the classifier is, and counts in macro F1");
        var learnt = Train.Select(t => t.Text).ToHashSet();
        if (Dev.Count(t => learnt.Contains(t.Text)) is > 0 and var twice) Warn($"{twice} texts of dev are also learnt; scores on them are too good");
        learnt.UnionWith(Dev.Select(t => t.Text));
        if (Test.Count(t => learnt.Contains(t.Text)) is > 0 and var known) Warn($"{known} texts of test are also learnt or chosen by; scores on them are too good");
    }

    private int WithoutNumber(LossOptions loss) => (loss.Kind, loss.Form) switch
    {
        (LossKind.Jscl or LossKind.Jspcl, LossForm.Published) => Train.Count(t => !t.Labels.Contains(true)),
        (LossKind.Joint, LossForm.Published) => Train.Count(t => !t.Labels.Contains(false)),
        _ => 0,
    };

    private List<string> Missing(IReadOnlyList<LabelledText> texts) => [.. Labels.Where((_, l) => !texts.Any(t => t.Labels[l]))];

    private static string Some(List<string> labels) => string.Join(", ", labels.Take(10)) + (labels.Count > 10 ? $" and {labels.Count - 10} more" : "");
}
