using AsFT.Experiments.Classification;
using AsFT.Experiments.Datasets;
using AsFT.Experiments.Specification;
using AsFT.Experiments.Text;
using AsFT.Training;
using AsFT.Training.Classification;
using AsFT.Training.Models;
using static TorchSharp.torch;

/// <summary>What a contrastive loss adds to a step of a small classifier: the same steps over the same texts with cross-entropy alone, in turns.</summary>
internal static class LabelSteps
{
    private const int Steps = 40, Rounds = 9;

    public static void Run(string dataset)
    {
        var scratch = Directory.CreateTempSubdirectory("asft-bench-").FullName;
        var folder = DatasetFolder.ImportAsync(scratch, dataset, Path.GetFileName(dataset)).GetAwaiter().GetResult();
        var labels = folder.Summary.Labels.Select(l => l.Label).ToList();
        var texts = folder.Rows().OfType<LabelledRow>().ToList();
        WordPieceTraining.Write(scratch, WordPieceTraining.Train(texts.Select(t => t.Text).Concat(labels.SelectMany(l => Enumerable.Repeat(l, texts.Count))), 6000));
        var tokenizer = WordPieceTokenizer.Load(scratch);
        var text = ClassifierText.Of(tokenizer, labels, 64);
        var rows = texts.ConvertAll(t => new ClassifierRow(text.Encode(t.Text).Ids, [.. labels.Select(t.Labels.Contains)]));
        Timing.Say($"Steps of a classifier, 2 layers, 64 wide, batch 32, {rows.Average(r => r.Ids.Length):0} tokens a text: with a contrastive loss / with cross-entropy alone");
        foreach (var kind in Enum.GetValues<LossKind>().Where(k => k != LossKind.Bce))
        {
            using var plain = Begin(LossKind.Bce, rows, text, tokenizer).GetEnumerator();
            using var other = Begin(kind, rows, text, tokenizer).GetEnumerator();
            var (bce, contrastive) = Timing.Medians(Rounds, () => Go(plain), () => Go(other), warmups: 1);
            Timing.Say($"  {kind,-6} {contrastive / bce:0.000}   ({contrastive / Steps:0.0} ms a step, {bce / Steps:0.0} ms)");
        }
        Directory.Delete(scratch, recursive: true);
    }

    private static Tensor? Go(IEnumerator<ClassifierStep> steps)
    {
        for (var i = 0; i < Steps; i++) steps.MoveNext();
        return null;
    }

    private static IEnumerable<ClassifierStep> Begin(LossKind kind, IReadOnlyList<ClassifierRow> rows, ClassifierText text, WordPieceTokenizer tokenizer)
    {
        var s = TaskGroups.Defaults(RunTask.Classification) with
        {
            Classifier = new() { Width = 64 }, Data = new() { MaxLength = 64, Batching = BatchingKind.Similar }, Loss = new() { Kind = kind }, Training = new() { Epochs = 100, BatchSize = 32 },
        };
        manual_seed(1);
        var model = new BertClassifier(Bert.Create(FreshEncoder.Shape(s, tokenizer.VocabularySize), CPU), rows[0].Labels.Length, text.LabelPieces, text.FirstSegment, 0.1, published: false);
        return new ClassifierTraining(s, model, [], rows, text.PadId).Run();
    }
}
