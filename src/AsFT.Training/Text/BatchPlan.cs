namespace AsFT.Training.Text;

/// <summary>Which lines each optimiser step sees: a function of the step alone, so that a resumed run goes on exactly.</summary>
/// <param name="lengths">the length of each line</param>
/// <param name="similar">batches hold lines of like length, and come in random order</param>
public sealed class BatchPlan(IReadOnlyList<int> lengths, int batchSize, int accumulation, int epochs, int seed, bool fileOrder, bool similar = false)
{
    private const int SortedTogether = 50; // batches' worth of lines among which lengths are matched: enough to match well, few enough to stay random

    private readonly int batches = (lengths.Count + batchSize - 1) / batchSize;
    private (int Epoch, IReadOnlyList<int[]> Batches) planned = (-1, []);

    public int StepsPerEpoch => (batches + accumulation - 1) / accumulation;
    public int Steps => StepsPerEpoch * epochs;

    /// <summary>The batches of one step, as line numbers; the last of an epoch may be smaller.</summary>
    public IReadOnlyList<int[]> Step(int step)
    {
        if (planned.Epoch != step / StepsPerEpoch) planned = (step / StepsPerEpoch, Epoch(step / StepsPerEpoch));
        var first = step % StepsPerEpoch * accumulation;
        return [.. planned.Batches.Skip(first).Take(accumulation)];
    }

    /// <summary>The step of the first epoch with the largest batch, padding counted.</summary>
    public int Largest() => Enumerable.Range(0, StepsPerEpoch).MaxBy(step => Step(step).Max(batch => (long)batch.Length * batch.Max(n => lengths[n])));

    private IReadOnlyList<int[]> Epoch(int epoch)
    {
        var order = Enumerable.Range(0, lengths.Count).ToArray();
        var random = new Random(Mix(seed, epoch));
        if (!fileOrder) random.Shuffle(order);
        if (!similar || fileOrder) return [.. order.Chunk(batchSize)];
        var matched = order.Chunk(batchSize * SortedTogether).SelectMany(part => part.OrderBy(n => lengths[n])).Chunk(batchSize).ToArray();
        random.Shuffle(matched);
        return matched;
    }

    /// <summary>A fixed mix, unlike System.HashCode, which differs from process to process.</summary>
    internal static int Mix(int seed, int number) => unchecked(seed * 1_000_003 + number);
}
