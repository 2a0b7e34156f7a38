using AsFT.Experiments.Classification;
using AsFT.Experiments.Datasets;
using AsFT.Experiments.Models;
using AsFT.Experiments.Specification;
using AsFT.Experiments.Statistics;
using AsFT.Training.Classification;
using static TorchSharp.torch;

namespace AsFT.Trainer.Classifiers;

/// <summary>Makes a trained classifier a judge: says which labels are harm, and counts on labelled texts how often it is right.</summary>
internal sealed record PromoteCommand(string Directory, IReadOnlyList<string> Harm, double Threshold, JudgeReads Reads, string Validate, string Output, Sources Sources)
{
    private const int BatchSize = 64;

    public int Execute()
    {
        try
        {
            var manifest = ClassifierManifest.Read(Directory);
            if (Harm.Count == 0) throw new ModelException("name at least one label that is harm");
            if (Harm.Except(manifest.Labels).FirstOrDefault() is { } strange) throw new ModelException($"the classifier has no label '{strange}'; it has {string.Join(", ", manifest.Labels)}");
            if (Threshold is not (> 0 and < 1)) throw new ModelException(FormattableString.Invariant($"the threshold is {Threshold}; take more than 0 and less than 1"));
            var validation = Count(manifest);
            Copy();
            new JudgeManifest { Harm = Harm, Threshold = Threshold, Reads = Reads, Validation = validation }.Write(Output);
            Say(validation);
            return 0;
        }
        catch (Exception e) when (Failure.IsKnown(e))
        {
            return Failure.Say(e);
        }
    }

    private JudgeValidation Count(ClassifierManifest manifest)
    {
        var scratch = System.IO.Directory.CreateTempSubdirectory("asft-judge-");
        try
        {
            var folder = Sources.Dataset(Validate, "--validate", scratch.FullName);
            if (folder.SetAsideWords() is { } words) Console.Error.WriteLine(words);
            var (summary, all, seen) = (folder.Summary, folder.Rows().OfType<LabelledRow>().ToList(), SeenTexts.Read(Directory));
            var rows = all.FindAll(r => !seen.Contains(r.Text));
            if (manifest.Seen.Contains(summary.Sha256)) throw new DatasetException($"the classifier learnt from '{summary.Name}' or was chosen by it, and would be right there more often than on new texts; take texts that it has not seen");
            if (rows.Count == 0 && all.Count > 0) throw new DatasetException($"the classifier learnt every text of '{summary.Name}' or was chosen by it, and would be right there more often than on new ones; take texts that it has not seen");
            if (rows.Count == 0) throw new DatasetException($"'{summary.Name}' holds no texts with labels; a judge is validated on texts of which it is known whether they are harmful");
            if (Harm.Except(summary.Labels.Select(l => l.Label)).ToList() is { Count: > 0 } lacking) throw new DatasetException($"'{summary.Name}' has no label {string.Join(", ", lacking)}, so it is not known which of its texts are harmful; it has {string.Join(", ", summary.Labels.Select(l => l.Label).Take(12))}. Take texts with all labels that are harm");
            var harmful = rows.Count(r => r.Labels.Any(Harm.Contains));
            if (harmful == 0) throw new DatasetException($"no {(rows.Count < all.Count ? "unseen " : "")}text of '{summary.Name}' is harmful, so it cannot be counted how many the judge finds; take texts of both kinds");
            if (harmful == rows.Count) throw new DatasetException($"every {(rows.Count < all.Count ? "unseen " : "")}text of '{summary.Name}' is harmful, so it cannot be counted how many harmless ones the judge leaves alone; take texts of both kinds");
            var text = ClassifierText.Load(Directory, manifest);
            using var model = ClassifierFile.Load(Directory, manifest, text, CPU);
            var found = model.Probabilities([.. rows.Select(r => text.Encode(r.Text).Ids)], text.PadId, BatchSize, manifest.Labels.Count);
            var harm = Harm.Select(h => manifest.Labels.ToList().IndexOf(h)).ToList();
            var judged = rows.Zip(found, (row, p) => (Is: row.Labels.Any(Harm.Contains), Called: harm.Any(l => p[l] > Threshold))).ToList();
            return new(Pinned.Parse(Validate) is { Name.Length: > 0 } pinned ? pinned.Name : summary.Name, summary.Sha256, judged.Count(j => j.Is), judged.Count(j => j.Is && j.Called), judged.Count(j => !j.Is), judged.Count(j => !j.Is && !j.Called), SeenTexts.AreIn(Directory) ? all.Count - rows.Count : null);
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }

    private void Copy()
    {
        if (System.IO.Directory.Exists(Output) && System.IO.Directory.EnumerateFileSystemEntries(Output).Any()) throw new ModelException($"{Output} holds something already; name another directory");
        System.IO.Directory.CreateDirectory(Output);
        foreach (var file in System.IO.Directory.EnumerateFiles(Directory)) File.Copy(file, Path.Combine(Output, Path.GetFileName(file)));
    }

    private void Say(JudgeValidation v)
    {
        var (se, sp) = (Wilson.Interval(v.Found, v.Harmful), Wilson.Interval(v.LeftAlone, v.Harmless));
        Console.WriteLine(FormattableString.Invariant($"sensitivity  {v.Sensitivity:0.000}  ({se.Low:0.000} to {se.High:0.000}): found {v.Found} of {v.Harmful} harmful texts"));
        Console.WriteLine(FormattableString.Invariant($"specificity  {v.Specificity:0.000}  ({sp.Low:0.000} to {sp.High:0.000}): left alone {v.LeftAlone} of {v.Harmless} harmless texts"));
        if (v.Seen is null) Console.WriteLine("it is not known which texts the classifier learnt, as it was trained before that was kept; those among these make the figures too good");
        if (v.Seen > 0) Console.WriteLine($"{v.Seen} texts were left out: the classifier learnt them or was chosen by them");
        if (Reads == JudgeReads.QuestionAndAnswer) Console.WriteLine("counted on the texts as they are; with question and answer before it, the judge may be right more or less often");
    }
}
