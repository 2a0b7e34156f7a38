using System.Globalization;
using AsFT.Experiments.Classification;
using AsFT.Experiments.Datasets;
using AsFT.Experiments.Statistics;
using AsFT.Training.Classification;
using static TorchSharp.torch;

namespace AsFT.Trainer.Classifiers;

/// <summary>Scores a trained classifier on texts whose labels are known. Prints CSV: a line a label, then the scores over all.</summary>
internal sealed record EvaluateCommand(string Directory, string Texts, Sources Sources)
{
    private const int BatchSize = 64;

    public int Execute()
    {
        var scratch = System.IO.Directory.CreateTempSubdirectory("asft-evaluate-");
        try
        {
            var manifest = ClassifierManifest.Read(Directory);
            var folder = Sources.Dataset(Texts, "TEXTS", scratch.FullName);
            if (folder.Summary is { Kind: not DatasetKind.MultiLabel } other) throw new DatasetException($"'{other.Name}' holds no texts with labels");
            if (folder.Summary.Labels.Select(l => l.Label).Except(manifest.Labels).FirstOrDefault() is { } strange) throw new DatasetException($"the texts have the label '{strange}', which the classifier does not know; it has {string.Join(", ", manifest.Labels)}");
            if (LabelRules.Unlabelled(folder.Summary, manifest.Labels) is { } missing) throw new DatasetException($"the texts have no column for the label '{missing}', which the classifier knows, so that nothing can be said of its answers there; add it, or take texts with columns for all of {string.Join(", ", manifest.Labels)}");
            if (folder.SetAsideWords() is { } words) Console.Error.WriteLine(words);
            var rows = folder.Rows().OfType<LabelledRow>().ToList();
            var text = ClassifierText.Load(Directory, manifest);
            using var model = ClassifierFile.Load(Directory, manifest, text, CPU);
            var found = model.Probabilities([.. rows.Select(r => text.Encode(r.Text).Ids)], text.PadId, BatchSize, manifest.Labels.Count);
            Say(manifest, MultiLabelMetrics.Of([.. rows.Select(r => manifest.Labels.Select(r.Labels.Contains).ToArray())], [.. found.Select(p => p.Zip(manifest.Thresholds, (x, t) => x > t).ToArray())]));
            return 0;
        }
        catch (Exception e) when (Failure.IsKnown(e))
        {
            return Failure.Say(e);
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }

    private static void Say(ClassifierManifest manifest, MultiLabelMetrics m)
    {
        static string Number(double x) => x.ToString("0.######", CultureInfo.InvariantCulture);
        Console.WriteLine("label,precision,recall,f1,support,threshold");
        foreach (var (label, score, threshold) in manifest.Labels.Zip(m.Labels, manifest.Thresholds))
            Console.WriteLine($"{PredictCommand.Cell(label)},{Number(score.Precision)},{Number(score.Recall)},{Number(score.F1)},{score.Support},{Number(threshold)}");
        foreach (var (name, value) in new[] { ("macro F1", m.F1Macro), ("micro F1", m.F1Micro), ("Jaccard", m.Jaccard), ("Jaccard (SemEval)", m.JaccardSemEval) }) Console.WriteLine($"{name},,,{Number(value)},,");
    }
}
