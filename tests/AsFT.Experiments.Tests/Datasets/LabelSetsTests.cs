using System.Text.Json.Nodes;
using AsFT.Experiments.Datasets;

namespace AsFT.Experiments.Tests.Datasets;

public sealed class LabelSetsTests : Workplace
{
    /// <summary>Eight rows: joy+love three times, joy twice, fear once, none twice.</summary>
    private const string Csv = "text,joy,love,fear\na,1,1,0\nb,1,1,0\nc,1,1,0\nd,1,0,0\ne,1,0,0\nf,0,0,1\ng,0,0,0\nh,0,0,0\n";

    private async Task<DatasetFolder> ImportAsync(string name, string content)
    {
        await File.WriteAllTextAsync(At(name), content);
        return await DatasetFolder.ImportAsync(At(""), At(name), name);
    }

    [Fact]
    public async Task Import_LabelledRows_CountsWhatStandsTogether()
    {
        var sets = (await ImportAsync("a.csv", Csv)).Summary.LabelSets!;
        Assert.Equal([2, 3, 3], sets.RowsBySize);
        Assert.Equal((0 * 2 + 1 * 3 + 2 * 3) / 8.0, sets.Cardinality(), 12);
        Assert.Equal(4, sets.Distinct);
        Assert.Equal(["joy+love 3", " 2", "joy 2", "fear 1"], sets.MostFrequent.Select(s => $"{string.Join('+', s.Labels)} {s.Rows}")); // the smaller set first where two are as frequent
        Assert.Equal([[5, 3, 0], [3, 3, 0], [0, 0, 1]], sets.Together!);
    }

    [Fact]
    public async Task ShareAndLift_AreThoseOfTheCounts()
    {
        var sets = (await ImportAsync("a.csv", Csv)).Summary.LabelSets!;
        Assert.Equal(3 / 5.0, sets.Share(0, 1), 12); // of 5 rows with joy, 3 have love
        Assert.Equal(1, sets.Share(1, 0), 12);
        Assert.Equal(3 / 8.0 / (5 / 8.0 * 3 / 8.0), sets.Lift(0, 1), 12);
        Assert.Equal(sets.Lift(0, 1), sets.Lift(1, 0), 12);
        Assert.Equal(0, sets.Lift(0, 2), 12);
    }

    [Fact]
    public async Task ShareAndLift_OfALabelThatNeverOccurs_AreZeroAndNotANumber()
    {
        var sets = (await ImportAsync("a.csv", "text,joy,fear\na,1,0\nb,0,0\n")).Summary.LabelSets!;
        Assert.Equal(0, sets.Share(1, 0));
        Assert.Equal(double.NaN, sets.Lift(1, 0));
    }

    [Fact]
    public async Task Import_LabelsThatAppearOneByOne_AreCountedInTheOrderOfTheSummary()
    {
        var summary = (await ImportAsync("a.jsonl", """
            {"text":"a","labels":["love"]}
            {"text":"b","labels":["joy","love"]}
            {"text":"c","labels":["joy","love"]}
            {"text":"d","labels":["love","joy"]}
            """)).Summary;
        Assert.Equal([new("love", 4), new("joy", 3)], summary.Labels);
        Assert.Equal([[4, 3], [3, 3]], summary.LabelSets!.Together!);
        Assert.Equal(2, summary.LabelSets.Distinct); // the order within a row makes no other set
    }

    [Fact]
    public async Task Import_MoreLabelsThanArePaired_LeavesThePairsOut()
    {
        var rows = string.Concat(Enumerable.Range(0, LabelSetCounter.MostPaired + 1).Select(i => $"{{\"text\":\"a\",\"labels\":[\"l{i}\",\"common\"]}}\n"));
        var summary = (await ImportAsync("a.jsonl", rows)).Summary;
        Assert.Equal(LabelSetCounter.MostPaired + 2, summary.Labels.Count);
        Assert.Null(summary.LabelSets!.Together);
        Assert.Equal(2, summary.LabelSets.Cardinality());
    }

    [Fact]
    public async Task Import_RowsWithoutLabelsOfTheirKind_HaveNoLabelSets() =>
        Assert.Null((await ImportAsync("a.jsonl", "{\"instruction\":\"a\",\"output\":\"b\"}")).Summary.LabelSets);

    [Fact]
    public void Result_OfMoreSetsThanAreKept_DoesNotNameTheirNumber()
    {
        var counter = new LabelSetCounter([]);
        for (var i = 0; i <= LabelSetCounter.MostSets; i++) counter.Add([.. Enumerable.Range(0, 16).Where(bit => (i >> bit & 1) == 1).Select(bit => $"l{bit}")]);
        Assert.Null(counter.Result().Distinct);
        Assert.Equal(LabelSetCounter.MostSets + 1, counter.Result().RowsBySize.Sum());
    }

    [Fact]
    public async Task Summary_StoredBeforeThisWasCounted_StillOpens()
    {
        var dataset = await ImportAsync("a.csv", Csv);
        var file = Path.Combine(Path.GetDirectoryName(dataset.RowsFile)!, "dataset.json");
        var stored = JsonNode.Parse(await File.ReadAllTextAsync(file))!.AsObject();
        Assert.True(stored.Remove("label_sets"));
        await File.WriteAllTextAsync(file, stored.ToJsonString());
        Assert.Null(dataset.Summary.LabelSets);
        Assert.Equal(3, dataset.Summary.Labels.Count);
    }
}
