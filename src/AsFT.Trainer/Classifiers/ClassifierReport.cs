using System.Globalization;
using System.Text.Json;
using AsFT.Experiments.Classification;
using AsFT.Experiments.Datasets;
using AsFT.Experiments.Events;
using AsFT.Experiments.Specification;
using AsFT.Experiments.Statistics;
using AsFT.Training;
using AsFT.Training.Classification;
using TorchSharp;
using static TorchSharp.torch;

namespace AsFT.Trainer.Classifiers;

/// <summary>What is said of a classifier: scores on dev while it learns; at the end thresholds, scores label by label, its worst errors, and where the texts lie.</summary>
internal sealed class ClassifierReport(RunSpecification specification, ClassifierPreparation prepared, string directory, EventLog log, CancellationToken stop)
{
    public const int ScoringBatch = ClassifierEstimate.ScoredTogether, MostMapped = 1500;
    private const int WorstErrors = 40, MostTogether = 60, LongestShown = 500;

    private readonly IReadOnlyList<string> labels = prepared.Data.Labels;

    public (Dictionary<string, double> Scores, Dictionary<string, string> Protocol) OnDev()
    {
        var found = prepared.Probabilities(prepared.Dev, ScoringBatch, stop);
        return (Scores("eval", prepared.Dev, found, prepared.Setup.Manifest.Thresholds), Protocol(prepared.Dev, prepared.Setup.Manifest.Thresholds));
    }

    /// <summary>Of the best weights: thresholds from dev, then dev and test once, and the classifier's own directory.</summary>
    public void Finish(int step)
    {
        var onDev = prepared.Probabilities(prepared.Dev, ScoringBatch, stop);
        var thresholds = specification.Scoring.TuneThresholds ? LabelThresholds.Of(onDev, prepared.Dev.Truth) : prepared.Setup.Manifest.Thresholds;
        if (specification.Scoring.TuneThresholds) log.Write(new Log("info", "thresholds chosen on dev: " + string.Join(", ", labels.Zip(thresholds, (l, t) => FormattableString.Invariant($"{l} {t:0.00}")))));
        KeepMap(after: true); // before the reports, at which a supervisor takes the run's files for complete
        Say(step, prepared.Dev, onDev, thresholds, "dev_best");
        if (prepared.Test.Texts.Count > 0) Say(step, prepared.Test, prepared.Probabilities(prepared.Test, ScoringBatch, stop), thresholds, "test");
        Keep(thresholds);
    }

    /// <summary>The classifier's own directory, with the weights as they are.</summary>
    /// <param name="thresholds">null: as they are set</param>
    public void Keep(IReadOnlyList<double>? thresholds = null) => WholeFolder.Write(Path.Combine(directory, "classifier"), folder =>
    {
        ClassifierFile.Write(folder, prepared.Setup.Directory, prepared.Model, prepared.Setup.Manifest with { Thresholds = thresholds ?? prepared.Setup.Manifest.Thresholds });
        SeenTexts.Read(prepared.Setup.Directory).With(prepared.Data.Train.Concat(prepared.Data.Dev).Select(t => t.Text)).Write(folder);
    });

    private void Say(int step, EncodedTexts texts, float[][] found, IReadOnlyList<double> thresholds, string prefix)
    {
        var predicted = found.Select(p => p.Zip(thresholds, (x, t) => x > t).ToArray()).ToList();
        var lines = MultiLabelMetrics.Of(texts.Truth, predicted).Labels.Select((l, i) => new LabelLine(labels[i], l.Support, l.Precision, l.Recall, l.F1, thresholds[i])).ToList();
        var together = labels.Count > MostTogether ? [] : Enumerable.Range(0, labels.Count).Select(a => (IReadOnlyList<int>)[.. Enumerable.Range(0, labels.Count).Select(b => predicted.Where((p, i) => p[b] && texts.Truth[i][a]).Count())]).ToList();
        log.Write(new LabelReport(step, texts.Set, texts.Texts.Count, lines, together));
        foreach (var (i, loss) in found.Select((p, i) => (i, Loss: CrossEntropy(p, texts.Truth[i]))).Where(e => !predicted[e.i].SequenceEqual(texts.Truth[e.i])).OrderByDescending(e => e.Loss).Take(WorstErrors))
            log.Write(new Sample(step, texts.Set, Shown(texts.Texts[i].Text), Names(predicted[i]), "wrong", Names(texts.Truth[i])) { Note = FormattableString.Invariant($"loss {loss:0.00}") });
        log.Write(new Evaluation(step, (double)step / prepared.Training.Plan.StepsPerEpoch, Scores(prefix, texts, found, thresholds), Protocol(texts, thresholds)));
    }

    private Dictionary<string, double> Scores(string prefix, EncodedTexts texts, float[][] found, IReadOnlyList<double> thresholds)
    {
        var predicted = found.Select(p => p.Zip(thresholds, (x, t) => x > t).ToArray()).ToList();
        var all = MultiLabelMetrics.Of(texts.Truth, predicted);
        var scores = new Dictionary<string, double> { [$"{prefix}/f1_macro"] = all.F1Macro, [$"{prefix}/f1_micro"] = all.F1Micro, [$"{prefix}/jaccard"] = all.Jaccard, [$"{prefix}/jaccard_semeval"] = all.JaccardSemEval };
        if (prefix == "eval")
            foreach (var (label, score) in labels.Zip(all.Labels)) scores[$"f1/{label}"] = score.F1;
        return scores;
    }

    private Dictionary<string, string> Protocol(EncodedTexts texts, IReadOnlyList<double> thresholds) => new()
    {
        ["set"] = texts.Set == "dev" ? $"dev: {prepared.Data.DevName}" : $"{texts.Set}: {prepared.Data.TestName}", ["texts"] = texts.Texts.Count.ToString(CultureInfo.InvariantCulture),
        ["texts_without_label"] = texts.Truth.Count(t => !t.Contains(true)).ToString(CultureInfo.InvariantCulture), ["labels"] = labels.Count.ToString(CultureInfo.InvariantCulture),
        ["thresholds"] = thresholds.Distinct().Count() == 1 ? thresholds[0].ToString(CultureInfo.InvariantCulture) : "one a label, chosen on dev",
        ["jaccard"] = "0 where a text has no label and is given none; as SemEval counts it, 1", ["seed"] = specification.Training.Seed.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>The dev texts' places, in the run's file of maps.</summary>
    public void KeepMap(bool after)
    {
        if (!specification.Scoring.Embeddings) return;
        var path = Path.Combine(directory, EmbeddingFile.Name);
        var (count, mapped) = (prepared.Dev.Texts.Count, Math.Min(prepared.Dev.Texts.Count, MostMapped));
        var rows = Enumerable.Range(0, mapped).Select(i => (int)((long)i * count / mapped)).ToList(); // from all of a file that may be sorted
        var some = new EncodedTexts("dev", [.. rows.Select(r => prepared.Dev.Texts[r])], [.. rows.Select(r => prepared.Dev.Ids[r])]);
        var (embedding, texts) = (Look(some), some.Texts.Select(t => new EmbeddedText(Shown(t.Text), [.. Enumerable.Range(0, labels.Count).Where(l => t.Labels[l])])));
        var file = new EmbeddingFile(labels, [.. texts], after ? EmbeddingFile.Read(path)?.Before : embedding, after ? embedding : null, count);
        File.WriteAllText(path + ".tmp", JsonSerializer.Serialize(file, DatasetFolder.Json));
        File.Move(path + ".tmp", path, overwrite: true);
    }

    private Embedding Look(EncodedTexts texts)
    {
        var sentences = new Tensor[texts.Texts.Count];
        var tokens = new TokenPairs();
        using var scope = NewDisposeScope();
        prepared.Probabilities(texts, ScoringBatch, stop, (rows, seen) =>
        {
            foreach (var (row, vector) in rows.Zip(seen.Sentences.cpu().unbind(0))) sentences[row] = vector.MoveToOuterDisposeScope();
            if (seen.LabelTokens is not { } of) return;
            var present = tensor(rows.SelectMany(r => texts.Truth[r].Select(b => b ? 1f : 0f)).ToArray(), [rows.Length, labels.Count], device: of.device);
            tokens.Add(of, present);
        });
        return EmbeddingMap.Of(stack(sentences), texts.Truth, tokens.Mean);
    }

    private string Names(bool[] held) => held.Contains(true) ? string.Join(", ", labels.Where((_, l) => held[l])) : "none";

    private static string Shown(string text) => text.Length <= LongestShown ? text : text[..LongestShown] + " …";

    private static double CrossEntropy(float[] p, bool[] truth) => p.Zip(truth, (x, t) => -Math.Log(Math.Max(1e-7, t ? x : 1 - x))).Sum();
}
