using AsFT.Experiments.Datasets;
using AsFT.Experiments.Specification;

namespace AsFT.Experiments.Text;

/// <summary>How long rows are in tokens, from a sample: what an estimate needs to know of them.</summary>
/// <param name="Sampled">how many rows were looked at</param>
/// <param name="LongestOfBatch">the longest row of a batch, the largest seen</param>
/// <param name="Learnt">learnt tokens of a batch, the most seen</param>
/// <param name="Cut">how many are longer than allowed</param>
/// <param name="Empty">of how many the cut leaves nothing to learn</param>
public sealed record RowLengths(int Sampled, int LongestOfBatch, int Learnt, int Cut, int Empty)
{
    private const int Most = 2048; // tokenised in less than a second; rows that are much longer than the others are seldom, and decide the memory

    /// <summary>Of the rows as they are trained: rendered, cut, and put into batches as they come.</summary>
    public static RowLengths OfTraining(RunSpecification s, TemplateKind template, TextTokenizer tokenizer, IReadOnlyList<DatasetFolder> datasets)
    {
        var rows = datasets.SelectMany(d => Spread(d, Most / datasets.Count, template, tokenizer)).Select(r => TokenisedRow.From(r, tokenizer, s.Data.MaxLength)).ToList();
        var (cut, empty) = (rows.Count(r => r.Cut), rows.Count(r => r.Supervised <= 0));
        if (s.Data.PublishedPadding || s.Data.Batching == BatchingKind.Packed) return new(rows.Count, s.Data.MaxLength, s.Training.BatchSize * s.Data.MaxLength, cut, empty);
        new Random(s.Training.Seed).Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(rows));
        var batches = rows.Chunk(s.Training.BatchSize).ToList();
        return new(rows.Count, batches.Max(b => b.Max(r => r.Ids.Length)), batches.Max(b => b.Sum(r => Math.Max(0, r.Supervised))), cut, empty);
    }

    /// <summary>The longest of the prompts that are answered.</summary>
    public static int LongestPrompt(TemplateKind template, TextTokenizer tokenizer, DatasetFolder dataset, int limit) =>
        dataset.Page(0, Math.Min(limit, Most)).Select(r => TokenisedRow.Prompt(PromptTemplate.Render(template, r, [.. dataset.Summary.Labels.Select(l => l.Label)], tokenizer.Chat), tokenizer).Count).DefaultIfEmpty(0).Max();

    /// <summary>Rows from all over a dataset, in runs of sixteen.</summary>
    private static IEnumerable<RenderedRow> Spread(DatasetFolder dataset, int count, TemplateKind template, TextTokenizer tokenizer)
    {
        const int run = 16;
        var (rows, labels) = (dataset.Summary.Rows, dataset.Summary.Labels.Select(l => l.Label).ToList());
        var runs = Math.Max(1, Math.Min(count, (int)Math.Min(rows, int.MaxValue)) / run);
        return Enumerable.Range(0, runs).SelectMany(i => dataset.Page(rows * i / runs, run)).Select(r => PromptTemplate.Render(template, r, labels, tokenizer.Chat));
    }
}
