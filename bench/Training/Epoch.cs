using AsFT.Experiments.Datasets;
using AsFT.Experiments.Specification;
using AsFT.Experiments.Text;
using AsFT.Training;
using AsFT.Training.Lora;
using AsFT.Training.Models;
using AsFT.Training.Safety;
using AsFT.Training.Text;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>
/// Steps over instruction rows with AsFT, against the published loop written plainly: every row padded to 512, the
/// head on every position, scores of attention formed and masked, the penalty as ‖(I − Ĉ)BA‖² with its square product.
/// </summary>
internal static class Epoch
{
    private const int Batch = 8, Width = 512, Steps = 4;

    public static void Run(string dataset, string tokenizerDirectory)
    {
        Console.WriteLine($"Training rows of {Path.GetFileName(dataset)}: {Steps} steps of {Batch} rows, published loop / ours, bench model with the tokenizer's vocabulary");
        var folder = DatasetFolder.ImportAsync(Directory.CreateTempSubdirectory("asft-bench-").FullName, dataset, Path.GetFileName(dataset)).GetAwaiter().GetResult();
        var tokenizer = TokenizerDirectory.Load(tokenizerDirectory);
        var rows = folder.Rows().Select(r => TokenisedRow.From(PromptTemplate.Render(TemplateKind.Llama2, r, []), tokenizer, Width)).ToList();
        Timing.Say($"  {rows.Count} rows, {rows.Average(r => r.Ids.Length):0} tokens on average, {rows.Average(r => r.Supervised):0.0} of them learnt");
        foreach (var batching in new[] { BatchingKind.Mixed, BatchingKind.Similar }) Compare(rows, tokenizer.VocabularySize, batching);
    }

    private static void Compare(List<TokenisedRow> rows, int vocabulary, BatchingKind batching)
    {
        manual_seed(1);
        using var model = BenchModel.Make(vocabulary);
        var adapted = LoraAdapter.Attach(model, new LoraOptions());
        using var direction = new AlignmentDirection();
        foreach (var module in adapted) direction.Add(module.Name, randn(module.Weight.shape) * 0.01f);
        using var training = new FineTuning(new() { Training = new() { Epochs = 100, BatchSize = Batch }, Data = new() { MaxLength = Width, Batching = batching } }, model,
            LoraAdapter.Parameters(adapted), rows, 0, new() { Adapted = adapted, Penalty = new AsftPenalty(direction) });
        using var steps = training.Run().GetEnumerator();
        var complements = adapted.ToDictionary(m => m.Name, m => (eye(m.Weight.shape[0]) - direction.Modules[m.Name]).DetachFromDisposeScope());
        var random = new Random(1);
        var (published, ours) = Timing.Medians(3, () =>
        {
            for (var i = 0; i < Steps; i++) Published(model, adapted, complements, [.. Enumerable.Range(0, Batch).Select(_ => rows[random.Next(rows.Count)])]);
            return null;
        }, () =>
        {
            for (var i = 0; i < Steps; i++) steps.MoveNext();
            return null;
        }, warmups: 1);
        Timing.Say($"  {batching}: {published / ours:0.0} ×   ({published / Steps:0} ms a step, {ours / Steps:0} ms)");
    }

    private static void Published(Decoder model, IReadOnlyList<Projection> adapted, Dictionary<string, Tensor> complements, IReadOnlyList<TokenisedRow> rows)
    {
        using var scope = NewDisposeScope();
        var batch = AsFT.Training.Text.Batch.Of(rows, 0, Width);
        var ids = tensor(batch.Ids, [Batch, Width]);
        var text = tensor(rows.SelectMany(r => Enumerable.Range(0, Width).Select(t => t < r.Ids.Length)).ToArray()).view(Batch, Width);
        model.Training = true;
        var logits = model.Logits(ids, visible: Attendance.Causal(text)); // a mask of its own for each row: no fused causal kernel
        var labels = full([Batch * Width], -100L, dtype: ScalarType.Int64).index_copy(0, tensor(batch.Positions), tensor(batch.Targets));
        var loss = nn.functional.cross_entropy(logits.view(Batch * Width, -1), labels, ignore_index: -100);
        foreach (var m in adapted) loss += mm(complements[m.Name], mm(m.Lora!.B, m.Lora.A)).norm().square();
        foreach (var p in LoraAdapter.Parameters(adapted)) p.grad = null;
        loss.backward();
        model.Training = false;
    }
}
