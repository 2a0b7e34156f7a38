using System.Text.Json.Nodes;
using AsFT.Experiments.Basin;
using AsFT.Experiments.Events;
using AsFT.Experiments.Specification;

namespace AsFT.Experiments.Tests.Basin;

public sealed class BasinReportTests : Workplace
{
    private static readonly BasinOptions Options = new() { Points = 3, Extent = 0.4, Directions = [WalkDirection.Alignment, WalkDirection.Random], Surface = [WalkDirection.Alignment, WalkDirection.Random] };

    /// <summary>Harmful is α + 10 β in hundredths, so that each place can be told from the others.</summary>
    private static IReadOnlyList<LandscapePoint> Measured => [.. BasinGrid.Points(Options).Select(p =>
    {
        var (a, b) = p.Across is not null ? (p.Alpha, p.Beta) : p.Along == WalkDirection.Alignment ? (p.Alpha, 0) : (0, p.Alpha);
        var scores = new Dictionary<string, double> { [BasinReport.Harmful] = (a + 10 * b) / 100, [BasinReport.Refused] = 1 - Math.Abs(a) };
        return new LandscapePoint(p.Step, p.Along.Name(), p.Alpha, p.Across?.Name(), p.Beta, scores, "answer, with a comma");
    })];

    [Fact]
    public void Line_HoldsTheModelItself_AndNoPointOfTheSurface()
    {
        var report = BasinReport.Of(Options, Measured);
        Assert.Equal([-0.4, 0, 0.4], report.Line("random").Select(p => p.Alpha));
        Assert.Equal([-0.04, 0, 0.04], report.Line("random").Select(p => p.Scores[BasinReport.Harmful]));
    }

    [Fact]
    public void Surface_HasARowForEachBeta_WithTheLinesInTheirPlaces()
    {
        var rows = BasinReport.Of(Options, Measured).Surface(BasinReport.Harmful)!;
        double[][] expected = [[-0.044, -0.04, -0.036], [-0.004, 0, 0.004], [0.036, 0.04, 0.044]];
        Assert.All(rows.Zip(expected), r => Assert.All(r.First.Zip(r.Second), v => Assert.Equal(v.Second, v.First!.Value, 1e-12)));
    }

    [Fact]
    public void Surface_BeforeAllIsMeasured_HasHoles()
    {
        var rows = BasinReport.Of(Options, Measured.Take(5)).Surface(BasinReport.Harmful)!;
        Assert.Equal([1, 3, 1], rows.Select(r => r.Count(v => v is not null)));
        Assert.Null(BasinReport.Of(Options with { Surface = [] }, Measured).Surface(BasinReport.Harmful));
    }

    [Fact]
    public void Lengths_AreToldForWholeLinesAlone_BothSignsAndBothRules()
    {
        Assert.Equal(["alignment", "alignment"], BasinReport.Of(Options, Measured.Take(4)).Lengths.Select(l => l.Direction)); // of random one sign is missing
        var lengths = BasinReport.Of(Options, Measured).Lengths;
        Assert.Equal([("alignment", 1), ("alignment", -1), ("random", 1), ("random", -1)], lengths.Select(l => (l.Direction, l.Sign)));
        Assert.Equal(new(0.4, Left: false), lengths[0].ByHarm);
        Assert.Equal(new(0, Left: true), lengths[0].ByRefusal); // at 0.4 only 0.6 are refused
    }

    [Fact]
    public void Write_LeavesALineAPoint_AndAllOfItAsJson()
    {
        BasinReport.Of(Options, Measured).Write(Path.GetDirectoryName(At("basin.csv"))!);
        var lines = File.ReadAllLines(At("basin.csv"));
        Assert.Equal("point,along,alpha,across,beta,eval/harmful,eval/refused", lines[0]);
        Assert.Equal("2,alignment,0.4,,0,0.004,0.6", lines[2]);
        Assert.Equal(1 + 9, lines.Length);
        var json = JsonNode.Parse(File.ReadAllText(At("basin.json")))!;
        Assert.Equal((9, "alignment"), (json["points"]!.AsArray().Count, (string)json["lengths"]![0]!["direction"]!));
        Assert.Equal("random", (string)json["points"]![8]!["across"]!);
    }
}
