using AsFT.Experiments.Specification;
using AsFT.Experiments.Tournaments;
using static AsFT.Experiments.Tests.Tournaments.SmallTournament;

namespace AsFT.Experiments.Tests.Tournaments;

public sealed class TournamentPlanTests
{
    private static string Name(TournamentRunKey key) => $"{key.Cell.Poison} {key.Cell.Method}{key.Cell.Strength} {key.Seed}";

    /// <summary>Runs one after the other; λ 30 is harmless and keeps the utility.</summary>
    private static List<string> Played(TournamentRequest request, Func<TournamentRunKey, TournamentRun> play)
    {
        List<TournamentRun> runs = [];
        List<string> names = [];
        while (new TournamentPlan(request, runs).Left.FirstOrDefault() is { } next)
        {
            names.Add(Name(next));
            runs.Add(play(next));
        }
        Assert.True(new TournamentPlan(request, runs).IsFinished);
        return names;
    }

    private static TournamentRun Harmless30(TournamentRunKey key) => Run(key.Cell, key.Seed, key.Cell.Strength == "30" ? 0.1 : 0.5, 0.9);

    [Fact]
    public void Left_PlayedToTheEnd_ComparesStrengthsFirstAndThenRunsTheChosenOneEverywhere() => Assert.Equal(
    [
        "p10 SFT 42", "p10 L23 42", "p10 L230 42", "p10 AsFT 42", "p10 SFT 43", "p10 L23 43", "p10 L230 43", "p10 AsFT 43",
        "p0 SFT 42", "p0 L230 42", "p0 AsFT 42", "p0 SFT 43", "p0 L230 43", "p0 AsFT 43",
        "p10 SFT 44", "p10 L230 44", "p10 AsFT 44", "p0 SFT 44", "p0 L230 44", "p0 AsFT 44",
    ], Played(Request, Harmless30));

    /// <summary>In the first entry every strength with every seed, 3 × 4, and the chosen ones in the other, 3 × 3.</summary>
    [Fact]
    public void Left_WithAllSeedsInTheSelection_RunsEveryStrengthWithEverySeed()
    {
        var names = Played(Request with { SelectionSeeds = 3 }, Harmless30);
        Assert.Equal(21, names.Count);
        Assert.Contains("p10 L23 44", names);
    }

    /// <summary>8 runs of the selection, of which 6 go on; with the third seed and the other entry 3 × 2 × 3 = 18 of chosen methods, and 2 of the strength that is not chosen.</summary>
    [Fact]
    public void Total_BeforeAndAfterTheChoice_IsTheSame()
    {
        Assert.Equal(20, new TournamentPlan(Request, []).Total);
        Assert.Equal(20, new TournamentPlan(Request, [.. TournamentPlan.Possible(Request).Where(k => k.Cell.Poison == "p10" && k.Seed < 44).Select(Harmless30)]).Total);
    }

    [Fact]
    public void Left_WhileTheSelectionRuns_IsWhatNeedsNoChoice()
    {
        var runs = TournamentPlan.Possible(Request).Where(k => k.Cell.Poison == "p10" && k.Seed < 44).Select(Harmless30).ToList();
        runs[^1] = runs[^1] with { State = TournamentRunState.Open };
        Assert.DoesNotContain(new TournamentPlan(Request, runs).Left, k => k is { Cell: { Method: "AsFT", Poison: "p10" }, Seed: 43 }); // on its way: not begun twice
        var l2 = runs.FindIndex(r => r.Cell == Cell("L2", "3").Key);
        runs[l2] = runs[l2] with { State = TournamentRunState.Open };
        var plan = new TournamentPlan(Request, runs);
        Assert.Equal(ChoiceReason.Pending, plan.ChoiceOf("as specified", "L2").Reason);
        Assert.Equal(["SFT", "AsFT"], plan.Left.Select(k => k.Cell.Method).Distinct());
        Assert.False(plan.IsFinished);
    }

    /// <summary>λ 30 diverges with one seed, so its mean is not taken; the others go on.</summary>
    [Fact]
    public void Left_AfterAFailedRun_WaitsForNothing()
    {
        var names = Played(Request, k => k is { Cell: { Strength: "30", Poison: "p10" }, Seed: 43 } ? Broken(k) : Harmless30(k));
        Assert.Equal("p0 L23 44", names.Last(n => n.Contains("L2", StringComparison.Ordinal)));
        Assert.Equal(20, names.Count);
    }

    [Fact]
    public void Left_WhereAMethodAlwaysFails_EndsWithoutIt()
    {
        var names = Played(Request, k => k.Cell.Method == "L2" ? Broken(k) : Harmless30(k));
        Assert.Equal(4, names.Count(n => n.Contains("L2", StringComparison.Ordinal)));
    }

    [Fact]
    public void SpecificationOf_ARun_HasTheSettingsOfItsCellAndItsSeed()
    {
        var faults = new List<Fault>();
        var s = TournamentPlan.SpecificationOf(Request, new(Cell("L2", "30", "p0"), 44), faults);
        Assert.Empty(faults);
        Assert.Equal((MethodKind.L2, 30.0, 44, "none more", "small · as specified · p0 · L2 · 30 · seed 44"), (s.Method.Kind, s.Method.Lambda, s.Training.Seed, string.Join(' ', s.Data.Train), s.Name));
        Assert.Equal("as-specified_p0_l2_30_s44", Cell("L2", "30", "p0").FolderOf(44));
    }
}
