using AsFT.Experiments.Statistics;

namespace AsFT.Experiments.Tests.Statistics;

public sealed class IterativeStratificationTests : Workplace
{
    /// <summary>Rows with 11 labels of the frequencies of SemEval-2018 E-c, drawn one by one; about 3 % have none.</summary>
    private static int[][] Rows(int count, int seed)
    {
        double[] shares = [0.37, 0.14, 0.38, 0.18, 0.36, 0.10, 0.29, 0.12, 0.29, 0.05, 0.05];
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, 11).Where(l => random.NextDouble() < shares[l]).ToArray())];
    }

    /// <summary>By how many rows dev misses what is asked, for the label that is worst off; -1 stands for rows without labels.</summary>
    private static double Worst(int[][] rows, IReadOnlyList<int> dev, double share) => Enumerable.Range(-1, 12).Max(label =>
    {
        bool Has(int row) => label < 0 ? rows[row].Length == 0 : rows[row].Contains(label);
        return Math.Abs(dev.Count(Has) - share * Enumerable.Range(0, rows.Length).Count(Has));
    });

    [Theory]
    [InlineData(0.1, 1)]
    [InlineData(0.2, 2)]
    [InlineData(0.25, 3)]
    [InlineData(0.5, 4)]
    public void Split_ManyRows_GivesEachLabelItsShareWithinAboutARow(double share, int seed)
    {
        var rows = Rows(3000, seed);
        var (train, dev) = IterativeStratification.Split(rows, share, seed);
        Assert.InRange(Worst(rows, dev, share), 0, 1.5); // rows drawn without looking at labels miss by some 13
        Assert.InRange(dev.Count, share * 3000 - 1.5, share * 3000 + 1.5);
        Assert.Equal(Enumerable.Range(0, 3000), train.Concat(dev).Order());
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.2)]
    public void Split_SemEval_GivesEachLabelItsShareWithinAboutARow(double share)
    {
        var file = Shared("data", "semeval", "2018-E-c-En-train.txt");
        Assert.SkipWhen(file is null, "did not run: SemEval-2018 E-c is not in the shared folder");
        int[][] rows = [.. File.ReadLines(file).Skip(1).Select(line => line.Split('\t')[2..].Index().Where(c => c.Item == "1").Select(c => c.Index).ToArray())];
        Assert.InRange(Worst(rows, IterativeStratification.Split(rows, share, 42).Dev, share), 0, 1.5);
    }

    [Fact]
    public void Split_TheSameSeed_GivesTheSameRowsAndAnotherSeedOthers()
    {
        var rows = Rows(500, 5);
        Assert.Equal(IterativeStratification.Split(rows, 0.2, 7).Dev, IterativeStratification.Split(rows, 0.2, 7).Dev);
        Assert.NotEqual(IterativeStratification.Split(rows, 0.2, 7).Dev, IterativeStratification.Split(rows, 0.2, 8).Dev);
    }

    /// <summary>Labels 0 to 49 stand in two rows each; nine tenths of all rows are wanted in dev.</summary>
    [Fact]
    public void Split_ALabelOfTwoRows_KeepsOneInTraining()
    {
        int[][] rows = [.. Enumerable.Range(0, 100).Select(i => new[] { i % 50, 50 })];
        for (var seed = 0; seed < 5; seed++)
        {
            var train = IterativeStratification.Split(rows, 0.9, seed).Train;
            for (var label = 0; label <= 50; label++) Assert.Contains(train, row => rows[row].Contains(label));
        }
    }

    [Fact]
    public void Split_RowsWithoutAnyLabel_AreSplitByNumber() =>
        Assert.Equal(2, IterativeStratification.Split([[], [], [], [], [], [], [], []], 0.25, 1).Dev.Count);

    [Fact]
    public void Split_NoRows_GivesNone() => Assert.Empty(IterativeStratification.Split([], 0.5, 1).Train);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void Split_AShareThatLeavesAPartEmpty_Throws(double share) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => IterativeStratification.Split([[0], [1]], share, 1));
}
