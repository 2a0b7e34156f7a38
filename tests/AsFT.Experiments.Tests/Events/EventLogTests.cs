using AsFT.Experiments.Events;

namespace AsFT.Experiments.Tests.Events;

public sealed class EventLogTests : Workplace
{
    [Fact]
    public void Write_EveryKind_ReadsBackEqual()
    {
        var values = new Dictionary<string, double> { ["loss/task"] = 0.1, ["bad"] = double.NaN };
        RunEvent[] all =
        [
            new Started("hash", "cpu", 10, 20, 30, 4, 0), new Metrics(1, 0.1, values), new Evaluation(1, 0.1, values, new Dictionary<string, string> { ["judge"] = "x" }),
            new Sample(1, "harmful", "p\n", "a <b>", "refused"), new Log("info", "é"), new Checkpoint(1, "c"), new Finished("completed", 1, 2.5), new Failed("error", "why", 1),
            new LandscapePoint(1, "harm", -0.5, "random", 0.25, values, "Sure"), new BasinFacts([new("harm", 1, 2, 0.1, 0.9)], [new("harm", "random", 0.1, 0.2, values)], [new("q", 0, [], null)], new("run", [new(3, 0.1, 0.2, 1, 0.5)])),
        ];
        using (var log = new EventLog(At("events.jsonl"))) foreach (var e in all) log.Write(e);
        var read = EventLog.Read(At("events.jsonl")).ToList();
        Assert.Equal(all.Select((e, i) => (e with { Seq = i + 1, Time = read[i].Time }).ToLine()), read.Select(e => e.ToLine()));
        Assert.Equal(["started", "metrics", "evaluation", "sample", "log", "checkpoint", "finished", "failed", "landscapepoint", "basinfacts"], File.ReadLines(At("events.jsonl")).Select(l => (string)System.Text.Json.Nodes.JsonNode.Parse(l)!["kind"]!));
    }

    [Fact]
    public void Open_AfterACrash_CutsTheTornLineAndGoesOnCounting()
    {
        using (var log = new EventLog(At("events.jsonl"))) for (var i = 1; i <= 3; i++) log.Write(Step(i));
        var whole = File.ReadAllText(At("events.jsonl"));
        File.WriteAllText(At("events.jsonl"), whole[..^10]);
        Assert.Equal([1, 2], Steps());
        using (var log = new EventLog(At("events.jsonl"))) for (var i = 2; i <= 4; i++) log.Write(Step(i)); // a resumed run computes step 2 again
        Assert.Equal([1, 2, 3, 4], Steps());
        Assert.Equal([1L, 2, 3, 4], EventLog.Read(At("events.jsonl")).Select(e => e.Seq));
    }

    [Fact]
    public void ReadOn_FromWhereItWas_GivesWholeLinesOnce()
    {
        using (var log = new EventLog(At("events.jsonl"))) for (var i = 1; i <= 3; i++) log.Write(Step(i));
        var whole = File.ReadAllText(At("events.jsonl"));
        File.WriteAllText(At("events.jsonl"), whole[..^10]); // the third line is still being written
        var (first, end) = EventLog.ReadOn(At("events.jsonl"), 0);
        Assert.Equal([1L, 2], first.Select(e => e.Seq));
        File.WriteAllText(At("events.jsonl"), whole);
        Assert.Equal([3L], EventLog.ReadOn(At("events.jsonl"), end).Events.Select(e => e.Seq));
        Assert.Equal(whole.Length, EventLog.ReadOn(At("events.jsonl"), end).End);
        Assert.Equal(3, EventLog.ReadOn(At("events.jsonl"), whole.Length + 1).Events.Count); // another file, which is shorter
        File.WriteAllText(At("events.jsonl"), whole + "{\"kind\":\"me" + whole); // a full disk took a part of a line
        Assert.Equal((3, (long)whole.Length), (EventLog.ReadOn(At("events.jsonl"), 0).Events.Count, EventLog.ReadOn(At("events.jsonl"), 0).End));
    }

    /// <summary>A classifier's last step is scored on dev, with the best weights on dev, and on test; each stands once.</summary>
    [Fact]
    public void Write_SeveralEvaluationsOfAStep_KeepsThoseOfOtherSets()
    {
        Evaluation Of(string series) => new(7, 1, new Dictionary<string, double> { [series] = 1 }, new Dictionary<string, string>());
        for (var start = 0; start < 2; start++)
            using (var log = new EventLog(At("events.jsonl"))) foreach (var set in new[] { "eval/f1_macro", "dev_best/f1_macro", "test/f1_macro" }) log.Write(Of(set));
        Assert.Equal(["eval/f1_macro", "dev_best/f1_macro", "test/f1_macro"], EventLog.Read(At("events.jsonl")).OfType<Evaluation>().Select(e => e.Values.Keys.Single()));
    }

    /// <summary>A basin that was killed writes no point twice.</summary>
    [Fact]
    public void Write_APointThatStands_IsLeftOut()
    {
        LandscapePoint Of(int step) => new(step, "random", 0.1, null, 0, new Dictionary<string, double>(), "");
        for (var start = 0; start < 2; start++)
            using (var log = new EventLog(At("events.jsonl"))) foreach (var step in new[] { 1, 2 + start }) log.Write(Of(step));
        Assert.Equal([1, 2, 3], EventLog.Read(At("events.jsonl")).OfType<LandscapePoint>().Select(p => p.Step));
    }

    [Fact]
    public void Read_AfterALine_GivesTheRest()
    {
        using (var log = new EventLog(At("events.jsonl"))) for (var i = 1; i <= 5; i++) log.Write(Step(i));
        Assert.Equal([4L, 5], EventLog.Read(At("events.jsonl"), after: 3).Select(e => e.Seq));
        Assert.Empty(EventLog.Read(At("missing.jsonl")));
    }

    private List<int> Steps() => [.. EventLog.Read(At("events.jsonl")).OfType<Metrics>().Select(m => m.Step)];

    private static Metrics Step(int step) => new(step, step, new Dictionary<string, double> { ["loss/task"] = step });
}
