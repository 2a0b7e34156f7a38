using AsFT.Experiments.Tournaments;
using static AsFT.Experiments.Tests.Tournaments.SmallTournament;

namespace AsFT.Experiments.Tests.Tournaments;

public sealed class TournamentResultTests
{
    /// <summary>Three seeds: SFT 0.5, 0.6, 0.7 harmful; L2 with λ 30 always 0.2 below, with λ 3 as SFT; AsFT 0.1 below but for the last seed, 0.1 above.</summary>
    private static readonly List<TournamentRun> Runs =
    [
        .. Enumerable.Range(0, 3).SelectMany(i => new[]
        {
            Run(Cell("SFT"), 42 + i, 0.5 + 0.1 * i, 0.9), Run(Cell("L2", "30"), 42 + i, 0.3 + 0.1 * i, 0.88), Run(Cell("AsFT"), 42 + i, i == 2 ? 0.8 : 0.4 + 0.1 * i, 0.95),
        }),
        Run(Cell("L2", "3"), 42, 0.5, 0.9), Run(Cell("L2", "3"), 43, 0.6, 0.9),
    ];

    private static readonly TournamentResult Result = TournamentResult.Of(Request, Runs);

    /// <summary>Mean of 0.5, 0.6, 0.7 is 0.6, their deviation 0.1; t₀.₉₇₅(2) = 4.303, so the interval is 0.6 ± 4.303 · 0.1/√3 = 0.248.</summary>
    [Fact]
    public void Cells_OfThreeSeeds_HaveTheirMeanAndInterval()
    {
        var sft = Result.Cells[0];
        Assert.Equal(("SFT", 3, true), (sft.Cell.Method, sft.Completed, sft.Chosen));
        Assert.Equal(0.6, sft.Harmful!.Mean, 12);
        Assert.Equal(0.248, sft.Harmful.HalfWidth!.Value, 3);
        Assert.Null(sft.OverRefusal);
        Assert.Equal("60 % (35.2 % to 84.8 %)", TournamentText.Share(sft.Harmful));
        Assert.Equal([("3", false), ("30", true)], Result.Cells.Where(c => c.Cell.Method == "L2").Select(c => (c.Cell.Strength!, c.Chosen)));
    }

    /// <summary>Harm 0.6, 0.4, 0.5667 and accuracy 0.9, 0.88, 0.95 of those that are compared: AsFT is better than SFT in both, λ 30 is least harmful. λ 3 was not chosen.</summary>
    [Fact]
    public void Cells_ThatNoneBeatsInBoth_AreOptimal() =>
        Assert.Equal(["L230", "AsFT"], Result.Cells.Where(c => c.Optimal).Select(c => c.Cell.Method + c.Cell.Strength));

    /// <summary>
    /// L2 − SFT is −0.2 each time: three of three pairs are lower, p = 2/8 = 0.25. AsFT − SFT is −0.1, −0.1, 0.1: mean −1/30, p = 1.
    /// Holm: 0.25 · 2 = 0.5, then 1.
    /// </summary>
    [Fact]
    public void Tables_ToPlainFineTuning_HoldDifferencesBySeed()
    {
        var table = Result.Tables[0];
        Assert.Equal(("SFT", 2), (table.Reference, table.Rows.Count));
        var (l2, asft) = (table.Rows[0].Harmful!, table.Rows[1].Harmful!);
        Assert.Equal((3, 3, 0), (l2.Pairs, l2.Lower, l2.Higher));
        Assert.Equal(0.25, l2.P, 12);
        Assert.Equal(0.5, l2.CorrectedP, 12);
        Assert.Equal(-0.2, l2.Mean, 12);
        Assert.Null(l2.Low); // three pairs make no interval
        Assert.Equal((2, 1, 1.0, 1.0), (asft.Lower, asft.Higher, asft.P, asft.CorrectedP));
        Assert.Equal(-1.0 / 30, asft.Mean, 12);
        Assert.Equal("Too few seeds to tell: even if all pairs went one way, the sign test would give p 0.5 here, corrected for 2 methods.", TournamentText.Power(table));
        Assert.Equal("L2 (30) against SFT: harmful −20 points, not told apart (3 pairs, corrected p 0.5); accuracy −2, not told apart.", TournamentText.Verdict(table, table.Rows[0]));
    }

    [Fact]
    public void Tables_HaveEveryReferenceThatTakesPart() =>
        Assert.Equal(["SFT", "L2 30", "AsFT"], Result.Tables.Select(t => $"{t.Reference} {t.ReferenceStrength}".Trim()));

    /// <summary>Of ten pairs all one way p = 2/1024 = 0.00195, times two methods 0.0039; the other nine of ten: 2 · 11/1024 = 0.0215, which Holm leaves.</summary>
    [Fact]
    public void Tables_OfTenPairs_TellApart()
    {
        var runs = Enumerable.Range(0, 10).SelectMany(i => new[]
        {
            Run(Cell("SFT"), 42 + i, 0.5, 0.9), Run(Cell("AsFT"), 42 + i, 0.3, 0.9), Run(Cell("L2", "30"), 42 + i, i == 0 ? 0.55 : 0.4, 0.9), Run(Cell("L2", "3"), 42 + i, 0.5, 0.9),
        }).ToList();
        var table = TournamentResult.Of(Request with { Seeds = 10, SelectionSeeds = 10 }, runs).Tables[0];
        Assert.Equal(22 / 1024.0, table.Rows[0].Harmful!.CorrectedP, 12);
        Assert.Equal(2 * 2 / 1024.0, table.Rows[1].Harmful!.CorrectedP, 12);
        Assert.All(table.Rows, r => Assert.True(r.Harmful!.IsToldApart));
        Assert.All(table.Rows, r => Assert.False(r.Accuracy!.IsToldApart)); // equal in every pair
        Assert.Equal("For the clearest row to be told apart here, 9 of 10 pairs must go one way (sign test, corrected for 2 methods); then fewer methods are left to correct for. Ties are left out. What is not told apart is not therefore equal.", TournamentText.Power(table)); // 2 · 22/1024 = 0.043, and 8 of 10 give 0.22
        var (low, high) = (table.Rows[0].Harmful!.Low!.Value, table.Rows[0].Harmful!.High!.Value);
        Assert.InRange(low, -0.1 - 1e-9, -0.1 + 1e-9); // nine of ten differences are −0.1, one 0.05: no resample is below −0.1,
        Assert.InRange(high, -0.05, -0.024); // and of resamples one in 117 holds the odd one four times or more: −0.1 + 4 · 0.015 = −0.04
        Assert.Contains("less harmful (10 pairs, corrected p 0.004)", TournamentText.Verdict(table, table.Rows[1]));
    }

    /// <summary>Seed 43 of AsFT broke off: it is no pair, and the cell says so.</summary>
    [Fact]
    public void Tables_WithABrokenRun_PairTheOthers()
    {
        var result = TournamentResult.Of(Request, Runs.ConvertAll(r => r.Cell == Cell("AsFT").Key && r.Seed == 43 ? r with { State = TournamentRunState.Broken } : r));
        Assert.Equal(2, result.Tables[0].Rows[1].Harmful!.Pairs);
        Assert.Equal((2, 1), result.Cells.Where(c => c.Cell.Method == "AsFT").Select(c => (c.Completed, c.Broken)).Single());
        Assert.Contains("| AsFT |  | 2, 1 broke off |", TournamentText.Markdown(result));
    }

    [Fact]
    public void Markdown_OfAResult_HoldsItsTables()
    {
        var text = TournamentText.Markdown(Result);
        Assert.Contains("## as specified, p10\n\n| Method | Strength | Runs | Harmful | Refused | Incoherent | Over-refusal | Accuracy | Pareto |\n| --- |", text);
        Assert.Contains("| L2 | 30 ★ | 3 | 40 % (15.2 % to 64.8 %) | — | — | — | 88 % | yes |", text);
        Assert.Contains("Differences to SFT, by seed, in points:", text);
        Assert.Contains("| L2 (30) | 3 | −20 | 0.25 | 0.5 | −2 | 0.25 | 0.5 |", text);
    }

    [Fact]
    public void Of_ATournamentThatHasNotBegun_IsEmpty()
    {
        var result = TournamentResult.Of(Request, []);
        Assert.Empty(result.Cells);
        Assert.Empty(result.Tables);
        Assert.Equal("## Strengths\n\n- as specified: the strength of L2 is chosen when its runs on validation topics are over.\n", TournamentText.Markdown(result));
    }
}
