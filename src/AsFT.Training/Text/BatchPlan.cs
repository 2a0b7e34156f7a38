namespace AsFT.Training.Text;

/// <summary>Which rows each optimiser step sees: a function of the step alone, so that a resumed run goes on exactly.</summary>
public sealed class BatchPlan(int rows, int batchSize, int accumulation, int epochs, int seed, bool fileOrder)
{
    private readonly int batches = (rows + batchSize - 1) / batchSize;
    private (int Epoch, int[] Order) shuffled = (-1, []);

    public int StepsPerEpoch => (batches + accumulation - 1) / accumulation;
    public int Steps => StepsPerEpoch * epochs;

    /// <summary>The batches of one step, as row numbers; the last of an epoch may be smaller.</summary>
    public IReadOnlyList<int[]> Step(int step)
    {
        var order = Order(step / StepsPerEpoch);
        var first = step % StepsPerEpoch * accumulation;
        return [.. Enumerable.Range(first, Math.Min(accumulation, batches - first)).Select(b => order[(b * batchSize)..Math.Min(rows, (b + 1) * batchSize)])];
    }

    private int[] Order(int epoch)
    {
        if (shuffled.Epoch == epoch) return shuffled.Order;
        var order = Enumerable.Range(0, rows).ToArray();
        if (!fileOrder) new Random(HashCode(seed, epoch)).Shuffle(order);
        shuffled = (epoch, order);
        return order;
    }

    /// <summary>A fixed mix, unlike System.HashCode, which differs from process to process.</summary>
    private static int HashCode(int seed, int epoch) => unchecked(seed * 1_000_003 + epoch);
}
