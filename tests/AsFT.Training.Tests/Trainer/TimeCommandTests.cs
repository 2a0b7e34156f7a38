using System.Text.Json.Nodes;
using static AsFT.Training.Tests.Trainer.Asft;

namespace AsFT.Training.Tests.Trainer;

/// <summary>What `asft time` tells of a run, and that nothing of the trial stays. No test asks how long anything took.</summary>
public sealed class TimeCommandTests : ClassifierWorkplace
{
    private static readonly string[] Figures = ["steps", "seconds_per_step", "seconds_per_evaluation", "evaluations", "setup_seconds", "total_seconds", "peak_memory_bytes"];

    /// <summary>48 rows in batches of 16, two epochs: 6 steps. Also with a defence that takes turns, one that acts at the end, and with all weights.</summary>
    [Theory]
    [InlineData("method: {kind: asft}")]
    [InlineData("method: {kind: lisa, with: [safe_lora]}\nlisa: {safety_rows: SAFETY, safety_steps: 1, task_steps: 2}")]
    [InlineData("method: {kind: sft}\nlora: {rank: 0}")]
    public async Task Time_OfFineTuning_TellsTheWholeByItsParts(string method)
    {
        var told = await TimeAsync(FineTuning(method.Replace("SAFETY", Lab("datasets/lab-safety.jsonl"))));
        Assert.Equal((6, 3), ((int)told["steps"]!, (int)told["evaluations"]!)); // before, between the epochs, at the end
        AddsUp(told);
    }

    [Fact]
    public async Task Time_WithoutEvaluation_HasNoneToTellOf()
    {
        var told = await TimeAsync(FineTuning("method: {kind: sft}").Split("evaluation:")[0]);
        Assert.Equal((0, 0.0), ((int)told["evaluations"]!, (double)told["seconds_per_evaluation"]!));
        Assert.Equal((double)told["setup_seconds"]! + 6 * (double)told["seconds_per_step"]!, (double)told["total_seconds"]!, 9);
    }

    /// <summary>160 texts in batches of 16, 12 epochs: 120 steps; dev before the first, after each, and once more of the best.</summary>
    [Fact]
    public async Task Time_OfAClassifier_TellsTheWholeByItsParts()
    {
        var told = await TimeAsync(Specification("scl"));
        Assert.Equal((120, 14), ((int)told["steps"]!, (int)told["evaluations"]!));
        AddsUp(told);
    }

    /// <summary>Two directions of five points share the middle one: 9 points.</summary>
    [Fact]
    public async Task Time_OfABasin_TellsTheWholeByItsPoints()
    {
        var told = await TimeAsync($"""
            task: basin
            model: {"{"}aligned: {Lab("models/lab-aligned")}, base: {Lab("models/lab-base")}{"}"}
            basin: {"{"}points: 5, extent: 0.2{"}"}
            evaluation: {"{"}harmful_prompts: {Lab("datasets/lab-harmful.jsonl")}, harmful_limit: 5, harmful_new_tokens: 8{"}"}
            judge: {"{"}form: lab{"}"}
            """);
        Assert.Equal((9, 0), ((int)told["steps"]!, (int)told["evaluations"]!));
        Assert.True((double)told["seconds_per_step"]! > 0);
        Assert.Equal((double)told["setup_seconds"]! + 9 * (double)told["seconds_per_step"]!, (double)told["total_seconds"]!, 9);
    }

    [Theory]
    [InlineData("method: {kind: asft, lambda: -1}", "method.lambda: ", 2)]
    [InlineData("method: {kind: lisa}\nlisa: {safety_rows: /no/such/rows.jsonl}", "lisa.safety_rows: there is no file '/no/such/rows.jsonl'", 2)]
    [InlineData("method: {kind: sft}\nlora: {alpha: 1e6}\nschedule: {kind: constant}\noptimiser: {learning_rate: 10}", "is not finite", 1)] // the run would end so as well
    public async Task Time_OfWhatCannotRun_SaysWhy_AndLeavesNothing(string method, string expected, int exit)
    {
        var (found, output, errors) = await RunAsync("time", Write(FineTuning(method)), "--scratch", At("scratch"));
        Assert.Equal((exit, ""), (found, output));
        Assert.Contains(expected, errors);
        Assert.Empty(Directory.EnumerateFileSystemEntries(At("scratch")));
    }

    /// <summary>The site closes its input when it goes.</summary>
    [Fact]
    public async Task Time_WhoseSupervisorIsGone_ExitsWith3_AndLeavesNothing()
    {
        using var process = Start("time", Write(FineTuning("method: {kind: asft}")), "--scratch", At("scratch"), "--supervised");
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        Assert.Equal(3, process.ExitCode);
        Assert.Empty(Directory.EnumerateFileSystemEntries(At("scratch")));
    }

    private string FineTuning(string method)
    {
        File.WriteAllLines(At("rows.jsonl"), File.ReadLines(Lab("datasets/lab-train.jsonl")).Take(48));
        return $$"""
            model: {aligned: {{Lab("models/lab-aligned")}}, base: {{Lab("models/lab-base")}}}
            data: {train: [{{At("rows.jsonl")}}], max_length: 96}
            training: {epochs: 2, batch_size: 16}
            {{method}}
            evaluation: {harmful_prompts: {{Lab("datasets/lab-harmful.jsonl")}}, harmful_limit: 10, harmful_new_tokens: 8, task: {{Lab("datasets/lab-task.jsonl")}}, task_limit: 10, task_new_tokens: 4, batch_size: 4}
            judge: {form: lab}
            """;
    }

    private async Task<JsonObject> TimeAsync(string specification)
    {
        var (exit, output, errors) = await RunAsync("time", Write(specification), "--scratch", At("scratch"));
        Assert.True(exit == 0, errors);
        Assert.Empty(Directory.EnumerateFileSystemEntries(At("scratch")));
        return JsonNode.Parse(Assert.Single(output.Split('\n', StringSplitOptions.RemoveEmptyEntries)))!.AsObject();
    }

    private static void AddsUp(JsonObject told)
    {
        Assert.Equal(Figures, told.Select(f => f.Key));
        double Of(string figure) => (double)told[figure]!;
        Assert.All(Figures, f => Assert.True(Of(f) > 0, f));
        Assert.Equal(Of("setup_seconds") + Of("steps") * Of("seconds_per_step") + Of("evaluations") * Of("seconds_per_evaluation"), Of("total_seconds"), 9);
        Assert.InRange(Of("peak_memory_bytes"), 100e6, 10e9); // .NET and libtorch alone take more than the least
    }
}
