using AsFT.Experiments.Classification;
using AsFT.Experiments.Datasets;
using AsFT.Experiments.Specification;
using AsFT.Experiments.Text;
using AsFT.Training;
using AsFT.Training.Classification;
using AsFT.Training.Models;
using static TorchSharp.torch;

/// <summary>What a second loss adds to an epoch of a small classifier: the same batches with cross-entropy alone, ten steps of each in turns.</summary>
internal static class LabelEpochs
{
    private const int Turn = 10, Epochs = 3, BatchSize = 32;

    public static void Run(string dataset)
    {
        var scratch = Directory.CreateTempSubdirectory("asft-bench-").FullName;
        var folder = DatasetFolder.ImportAsync(scratch, dataset, Path.GetFileName(dataset)).GetAwaiter().GetResult();
        var labels = folder.Summary.Labels.Select(l => l.Label).ToList();
        var texts = folder.Rows().OfType<LabelledRow>().ToList();
        WordPieceTraining.Write(scratch, WordPieceTraining.Train(texts.Select(t => t.Text).Concat(labels.SelectMany(l => Enumerable.Repeat(l, texts.Count))), 6000));
        var tokenizer = WordPieceTokenizer.Load(scratch);
        var text = ClassifierText.Of(tokenizer, labels, 64);
        var all = texts.ConvertAll(t => new ClassifierRow(text.Encode(t.Text).Ids, [.. labels.Select(t.Labels.Contains)]));
        var labelled = all.FindAll(r => r.Labels.Contains(true)); // the published Jaccard losses are no number where a text has none
        Timing.Say($"Epochs of a classifier, 2 layers, 64 wide, batch {BatchSize}, {all.Count} texts of {all.Average(r => r.Ids.Length):0} tokens ({labelled.Count} of them for the published forms): with a second loss / with cross-entropy alone, after a first epoch that is not counted");
        foreach (var form in Enum.GetValues<LossForm>())
            foreach (var kind in Enum.GetValues<LossKind>().Where(k => k != LossKind.Bce)) Compare(kind, form, form == LossForm.Published ? labelled : all, text, tokenizer);
        Directory.Delete(scratch, recursive: true);
    }

    private static void Compare(LossKind kind, LossForm form, List<ClassifierRow> rows, ClassifierText text, WordPieceTokenizer tokenizer)
    {
        using var plain = Begin(LossKind.Bce, form, rows, text, tokenizer).GetEnumerator();
        using var other = Begin(kind, form, rows, text, tokenizer).GetEnumerator();
        var turns = (rows.Count + BatchSize - 1) / BatchSize / Turn; // what is left of an epoch belongs to the next
        var epochs = Enumerable.Range(0, Epochs + 1).Select(_ =>
        {
            var (bce, both) = (0.0, 0.0);
            for (var i = 0; i < turns; i++) (bce, both) = (bce + Timing.Once(() => Go(plain)), both + Timing.Once(() => Go(other)));
            return (Bce: bce, Both: both);
        }).Skip(1).ToList();
        var ratios = epochs.ConvertAll(e => e.Both / e.Bce);
        Timing.Say($"  {kind,-6} {form,-10} {epochs.Sum(e => e.Both) / epochs.Sum(e => e.Bce):0.000}   (epochs {ratios.Min():0.000} to {ratios.Max():0.000}; {epochs.Average(e => e.Both) / 1000:0.0} s, {epochs.Average(e => e.Bce) / 1000:0.0} s)");
    }

    private static Tensor? Go(IEnumerator<ClassifierStep> steps)
    {
        for (var i = 0; i < Turn; i++) steps.MoveNext();
        return null;
    }

    private static IEnumerable<ClassifierStep> Begin(LossKind kind, LossForm form, IReadOnlyList<ClassifierRow> rows, ClassifierText text, WordPieceTokenizer tokenizer)
    {
        var s = TaskGroups.Defaults(RunTask.Classification) with
        {
            Classifier = new() { Width = 64 }, Data = new() { MaxLength = 64, Batching = BatchingKind.Similar }, Loss = new() { Kind = kind, Form = form }, Training = new() { Epochs = 100, BatchSize = BatchSize },
        };
        manual_seed(1);
        var model = new BertClassifier(Bert.Create(FreshEncoder.Shape(s, tokenizer.VocabularySize), CPU), rows[0].Labels.Length, text.LabelPieces, text.FirstSegment, 0.1, published: false);
        return new ClassifierTraining(s, model, [], rows, text.PadId).Run();
    }
}
