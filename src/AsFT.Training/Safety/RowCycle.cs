using AsFT.Experiments.Text;
using AsFT.Training.Text;

namespace AsFT.Training.Safety;

/// <summary>Rows beside the task's, drawn in an order that the seed and the step decide, again and again.</summary>
public sealed class RowCycle(IReadOnlyList<TokenisedRow> rows, int batchSize, int seed)
{
    private readonly BatchPlan plan = new(rows.Count, Math.Min(batchSize, rows.Count), 1, int.MaxValue / Math.Max(1, (rows.Count + batchSize - 1) / batchSize), seed, fileOrder: false);

    public IReadOnlyList<TokenisedRow> All => rows;

    public IReadOnlyList<TokenisedRow> At(int step) => [.. plan.Step(step)[0].Select(n => rows[n])];
}
