using AsFT.Experiments.Text;
using AsFT.Training.Text;

namespace AsFT.Training.Tests.Text;

public sealed class BatchTests
{
    private static TokenisedRow Row(int prompt, params int[] ids) => new(ids, prompt, false);

    [Fact]
    public void Of_Rows_PadsToTheLongestAndListsWhatIsLearnt()
    {
        var batch = Batch.Of([Row(2, 5, 6, 7, 8), Row(1, 9, 4)], padId: 0);
        Assert.Equal([5, 6, 7, 8, 9, 4, 0, 0], batch.Ids);
        Assert.Equal([1, 2, 4], batch.Positions); // 7 after 6, 8 after 7, 4 after 9
        Assert.Equal([7, 8, 4], batch.Targets);
        Assert.Null(batch.Packing);
        Assert.Equal(6, Batch.Of([Row(2, 5, 6, 7, 8)], 0, leastWidth: 6).Width);
    }

    [Fact]
    public void Of_PackedLines_CountsEachRowFromItsOwnBegin()
    {
        var batch = Batch.Of([(IReadOnlyList<TokenisedRow>)[Row(1, 5, 6), Row(1, 7, 8)], [Row(1, 9, 4, 3)]], padId: 0);
        Assert.Equal([5, 6, 7, 8, 9, 4, 3, 0], batch.Ids);
        Assert.Equal([6, 8, 4, 3], batch.Targets);
        Assert.Equal([0, 1, 0, 1, 0, 1, 2, 0], batch.Packing!.Value.Places);
        Assert.Equal([0, 0, 1, 1, 2, 2, 2, -1], batch.Packing.Value.Rows);
    }

    [Fact]
    public void Packing_OfManyRows_LosesNoneAndExceedsNoLine()
    {
        var random = new Random(3);
        var rows = Enumerable.Range(0, 200).Select(i => Row(1, [.. Enumerable.Repeat(i, random.Next(2, 60))])).ToList();
        var lines = Packing.Of(rows, 64);
        Assert.Equal(rows.OrderBy(r => r.Ids[0]), lines.SelectMany(l => l).OrderBy(r => r.Ids[0]));
        Assert.All(lines, l => Assert.InRange(l.Sum(r => r.Ids.Length), 1, 64));
        Assert.True(lines.Count * 64 < 1.15 * rows.Sum(r => r.Ids.Length)); // first fit by falling length is within 22 % of the best; here it is well below
    }

    [Theory]
    [InlineData(1, 1)] // 2 × 2, 2 × 9 and 2 × 3 places
    [InlineData(2, 0)] // the first step holds the first two of these batches
    public void Plan_Largest_IsTheStepWithTheLargestBatch(int accumulation, int expected) =>
        Assert.Equal(expected, new BatchPlan([1, 2, 9, 1, 3, 3], 2, accumulation, epochs: 2, seed: 1, fileOrder: true).Largest());

    [Fact]
    public void Plan_SimilarLengths_SeesEveryLineOnceAnEpochWithLittlePadding()
    {
        var random = new Random(4);
        var lengths = Enumerable.Range(0, 400).Select(_ => random.Next(5, 100)).ToArray();
        BatchPlan Plan(bool similar) => new(lengths, 8, 1, 2, seed: 1, fileOrder: false, similar);
        int Padded(BatchPlan plan) => Enumerable.Range(0, plan.StepsPerEpoch).Sum(s => plan.Step(s)[0].Length * plan.Step(s)[0].Max(n => lengths[n]));
        var plan = Plan(true);
        Assert.Equal(Enumerable.Range(0, 400), Enumerable.Range(0, 50).SelectMany(s => plan.Step(s)[0]).Order());
        Assert.Equal(plan.Step(60)[0], Plan(true).Step(60)[0]); // a function of the step alone
        Assert.NotEqual(Enumerable.Range(0, 50).Select(s => lengths[plan.Step(s)[0][0]]).Order(), Enumerable.Range(0, 50).Select(s => lengths[plan.Step(s)[0][0]])); // not from short to long
        Assert.InRange(Padded(plan), lengths.Sum(), 1.03 * lengths.Sum());
        Assert.True(Padded(Plan(false)) > 1.5 * lengths.Sum());
    }
}
