using AsFT.Experiments.Events;
using AsFT.Experiments.Specification;
using AsFT.Experiments.Tournaments;
using static AsFT.Experiments.Tests.Tournaments.SmallTournament;

namespace AsFT.Experiments.Tests.Tournaments;

public sealed class TournamentFolderTests : Workplace
{
    private static readonly TournamentRunKey Key = new(Cell("L2", "30"), 42);

    private TournamentFolder Folder(params RunEvent[] events)
    {
        var folder = new TournamentFolder(At("t"));
        folder.Write(Request);
        Directory.CreateDirectory(folder.Of(Key));
        File.WriteAllText(Path.Combine(folder.Of(Key), "spec.json"), SpecificationText.ToJson(TournamentPlan.SpecificationOf(Request, Key, [])));
        using var log = new EventLog(Path.Combine(folder.Of(Key), "events.jsonl"));
        foreach (var e in events) log.Write(e);
        return folder;
    }

    private static Evaluation Measured(int step, double harmful) => new(step, 1, new Dictionary<string, double> { ["eval/harmful"] = harmful }, new Dictionary<string, string>());

    [Fact]
    public void Runs_OfACompletedRun_HaveTheScoresOfItsEnd()
    {
        var run = Assert.Single(Folder(new Started("", "cpu", 2, 1, 1, 1, 0), Measured(0, 0), Measured(2, 0.25), new Finished("completed", 2, 7.5)).Runs(Request));
        Assert.Equal((Key.Cell.Key, 42, TournamentRunState.Completed, 0.25, 7.5), (run.Cell, run.Seed, run.State, run.Score("eval/harmful"), run.Seconds));
    }

    [Fact]
    public void Runs_ThatStoppedOrGoOn_AreOpenAndHaveNoScore()
    {
        var run = Assert.Single(Folder(new Started("", "cpu", 2, 1, 1, 1, 0), Measured(0, 0), new Finished("stopped", 1, 7.5)).Runs(Request));
        Assert.Equal((TournamentRunState.Open, null), (run.State, run.Score("eval/harmful")));
    }

    [Fact]
    public void Runs_ThatFailed_SayWhy()
    {
        var run = Assert.Single(Folder(new Started("", "cpu", 2, 1, 1, 1, 0), new Failed("diverged", "the loss is not finite", 1)).Runs(Request));
        Assert.Equal((TournamentRunState.Broken, "the loss is not finite"), (run.State, run.Cause));
    }

    [Fact]
    public void Runs_OfOtherSettings_AreRefused()
    {
        var folder = Folder(new Started("", "cpu", 2, 1, 1, 1, 0));
        var other = Request with { Specification = Request.Specification with { Lora = new() { Rank = 4 } } };
        Assert.Contains("other settings than the tournament asks for", Assert.Throws<SpecificationException>(() => folder.Runs(other)).Message);
    }

    /// <summary>More seeds ask for more runs; those that are there still count.</summary>
    [Fact]
    public void Runs_AfterTheRequestGrew_AreStillThere()
    {
        var folder = Folder(new Started("", "cpu", 2, 1, 1, 1, 0), Measured(2, 0.25), new Finished("completed", 2, 7.5));
        Assert.Single(folder.Runs(Request with { Name = "larger", Seeds = 20 }));
        Assert.Equal(Request.ToJson(), folder.Read().ToJson());
    }

    [Fact]
    public void Read_WithoutATournament_SaysSo() =>
        Assert.Contains("holds no tournament.yaml", Assert.Throws<SpecificationException>(() => new TournamentFolder(At("nothing")).Read()).Message);
}
