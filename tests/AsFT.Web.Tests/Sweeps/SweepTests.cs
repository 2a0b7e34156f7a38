using System.Net;
using System.Text.Json.Nodes;

namespace AsFT.Web.Tests.Sweeps;

public sealed class SweepTests(PostgresServer postgres)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Search_OfFourPointsWithTwoSeeds_MakesEightRunsAndNamesTheBestByTheirMeanOnDev(bool onPostgres)
    {
        await using var site = await SmallSearch.SiteAsync(onPostgres ? await postgres.DatabaseAsync() : []);
        var id = await site.StartSweepAsync(SmallSearch.Text("algorithm: random\npoints: 4\nseeds: 2\nat_once: 2"));
        var sweep = await site.CompletedAsync(id);

        Assert.Equal("eval/f1_macro", (string)sweep["objective"]!);
        Assert.Equal(8, sweep.Runs().Count());
        Assert.Equal(8, (await site.GetAsync("/api/v1/runs")).AsArray().Count);
        var points = sweep["points"]!.AsArray();
        Assert.Equal(4, points.Select(p => p!["settings"]!.ToJsonString()).Distinct().Count());
        Assert.All(points, p => Assert.Equal([42, 43], p!["runs"]!.AsArray().Select(r => (int)r!["seed"]!)));
        foreach (var run in sweep.Runs())
        {
            var series = (await site.GetAsync($"/api/v1/runs/{run["id"]}/metrics")).AsArray();
            var learnt = series.Single(s => (string)s!["name"]! == "eval/f1_macro")!["values"]!.AsArray().Skip(1).Max(v => (double)v!); // but for that before the first step
            Assert.Equal(learnt, (double)run["score"]!, 12);
            Assert.DoesNotContain(series, s => ((string)s!["name"]!).StartsWith("test/", StringComparison.Ordinal)); // a search does not look
        }
        Assert.All(points, p => Assert.Equal(p!["runs"]!.AsArray().Average(r => (double)r!["score"]!), (double)p["score"]!, 12));
        Assert.Equal(points.Max(p => (double)p!["score"]!), (double)sweep["best"]!["score"]!);

        var first = await site.GetAsync($"/api/v1/runs/{sweep.Runs().First()["id"]}");
        Assert.Equal((double)points[0]!["settings"]!["optimiser.learning_rate"]!, (double)first["specification"]!["optimiser"]!["learning_rate"]!);
        Assert.Equal(id, (Guid)first["sweepId"]!);
        Assert.Equal("sweep:small", (string)first["tags"]!);
        var page = await site.Http.GetStringAsync($"/sweeps/{id}");
        Assert.Contains("chosen on dev", page);
    }

    /// <summary>A sweep that has ended and lacks a run goes on again; deleted, it takes its runs with it.</summary>
    [Fact]
    public async Task Sweep_WhoseRunWasDeleted_GoesOnAgain_AndDeletedTakesItsRunsAlong()
    {
        await using var site = await SmallSearch.SiteAsync();
        var id = await site.StartSweepAsync(SmallSearch.Text("algorithm: random\npoints: 2"));
        var sweep = await site.CompletedAsync(id);
        Assert.DoesNotContain("Runs are missing", await site.Http.GetStringAsync($"/sweeps/{id}"));
        var lost = (Guid)sweep.Runs().First()["id"]!;
        Assert.True((await site.Http.DeleteAsync($"/api/v1/runs/{lost}")).IsSuccessStatusCode);
        Assert.Contains("Runs are missing that were there; go on to have them run anew.", await site.Http.GetStringAsync($"/sweeps/{id}"));
        Assert.True((await site.Http.PostAsync($"/api/v1/sweeps/{id}/resume", null)).IsSuccessStatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await site.Http.DeleteAsync($"/api/v1/sweeps/{id}")).StatusCode);
        sweep = await site.CompletedAsync(id);
        Assert.Equal(2, sweep.Runs().Count());

        Assert.Equal(HttpStatusCode.NoContent, (await site.Http.DeleteAsync($"/api/v1/sweeps/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await site.Http.DeleteAsync($"/api/v1/sweeps/{id}")).StatusCode);
        Assert.Empty((await site.GetAsync("/api/v1/runs")).AsArray());
    }

    [Theory]
    [InlineData("objective: test/f1_macro", "objective", "never chooses by test rows")]
    [InlineData("objective: loss/total", "objective", "eval/f1_macro, eval/f1_micro, eval/jaccard, eval/jaccard_semeval or f1/ and a label")]
    [InlineData("points: 0", "points", "take 1 to 2000")]
    [InlineData("seeds: many", "seeds", "expected a whole number")]
    [InlineData("speed: 3", "speed", "unknown setting")]
    public async Task Start_WithAFaultyOption_SaysWhatToWriteInsteadAndQueuesNothing(string option, string path, string words)
    {
        await using var site = await SmallSearch.SiteAsync();
        await IsRefusedAsync(site, SmallSearch.Text(option), path, words);
    }

    [Theory]
    [InlineData("- {setting: training.seed, kind: integer, min: 1, max: 9}", "every point runs with the same seeds")]
    [InlineData("- {setting: scoring.dev_share, kind: linear, min: 0.1, max: 0.3}", "must be the same at every point")]
    [InlineData("- {setting: loss.kind, kind: values, values: [bce, no_such_loss]}", "no_such_loss")]
    [InlineData("- {setting: loss.alpha, kind: linear, min: 0, max: 7}", "loss.alpha: is 7; take 0 to 1")]
    public async Task Start_WithAFaultySetting_NamesItsRow(string search, string words)
    {
        await using var site = await SmallSearch.SiteAsync();
        await IsRefusedAsync(site, SmallSearch.Text("points: 2", search), "search.0", words);
    }

    [Fact]
    public async Task Start_WithoutASpecification_IsRefusedWithASentence()
    {
        await using var site = await Site.StartAsync();
        await IsRefusedAsync(site, "search: [{setting: loss.alpha, kind: linear, min: 0, max: 1}]", "specification", "put the settings of a run under 'specification:'");
        await IsRefusedAsync(site, "7", "", "expected 'specification:' and 'search:'");
    }

    /// <summary>icl compares the labels' own tokens, which the form first_token has not.</summary>
    [Fact]
    public async Task Search_WithAPointThatCannotRun_ShowsItAndEnds()
    {
        await using var site = await SmallSearch.SiteAsync();
        var search = "- {setting: classifier.form, kind: values, values: [first_token, label_words]}\n  - {setting: loss.kind, kind: values, values: [bce, icl]}";
        var id = await site.StartSweepAsync(SmallSearch.Text("algorithm: grid\npoints: 100", search, epochs: 1, form: "label_words"));
        var sweep = await site.CompletedAsync(id);

        Assert.Equal(4, (int)sweep["budget"]!);
        Assert.Equal(["completed", "failed", "completed", "completed"], sweep["points"]!.AsArray().Select(p => (string)p!["state"]!));
        var failed = sweep["points"]![1]!["runs"]![0]!;
        Assert.Contains("These settings do not go together: loss.kind: is icl", (string)failed["cause"]!);
        Assert.Null(sweep["points"]![1]!["score"]);
        Assert.NotEqual(1, (int)sweep["best"]!["number"]!);
        Assert.Contains("These settings do not go together", await site.Http.GetStringAsync($"/sweeps/{id}"));
    }

    [Fact]
    public async Task Search_StoppedAndGoneOnWith_TriesEveryPointOnce()
    {
        await using var site = await SmallSearch.SiteAsync();
        var id = await site.StartSweepAsync(SmallSearch.Text("points: 3\nat_once: 2", epochs: 60));
        await site.SweepAsync(id, s => s.Runs().Any(r => (int)r["step"]! > 10));
        await site.Http.PostAsync($"/api/v1/sweeps/{id}/stop", null);
        var stopped = await site.SweepAsync(id, s => s.Runs().All(r => (string)r["state"]! is "stopped" or "completed"));
        Assert.Equal("stopped", (string)stopped["state"]!);
        Assert.Contains(stopped.Runs(), r => (string)r["state"]! == "stopped");
        Assert.True(stopped.Runs().Count() <= 2);

        var resumed = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => site.Http.PostAsync($"/api/v1/sweeps/{id}/resume", null))); // an impatient finger
        Assert.All(resumed, r => Assert.Equal(HttpStatusCode.OK, r.StatusCode));
        var sweep = await site.CompletedAsync(id);
        Assert.Equal([0, 1, 2], sweep["points"]!.AsArray().Select(p => (int)p!["number"]!));
        Assert.All(sweep.Runs(), r => Assert.Equal("completed", (string)r["state"]!));
        Assert.Equal(3, (await site.GetAsync("/api/v1/runs")).AsArray().Count);
    }

    /// <summary>A learning rate that learns nothing among those that do: its run is ended before its last epoch.</summary>
    [Fact]
    public async Task Search_WithPruning_StopsAHopelessPointAndSaysWhy()
    {
        await using var site = await SmallSearch.SiteAsync();
        var search = "- {setting: optimiser.learning_rate, kind: values, values: [0.02, 0.021, 0.022, 0.023, 0.024, 1e-12]}";
        var id = await site.StartSweepAsync(SmallSearch.Text("algorithm: grid\npoints: 6\npruning: true", search, epochs: 40));
        var sweep = await site.CompletedAsync(id);

        var hopeless = sweep["points"]![5]!;
        Assert.Equal("pruned", (string)hopeless["state"]!);
        Assert.StartsWith("pruned: with seed 42, after ", (string)hopeless["runs"]![0]!["cause"]!);
        Assert.Null(hopeless["score"]);
        Assert.NotEqual(5, (int)sweep["best"]!["number"]!);
    }

    [Fact]
    public async Task Search_OfFineTuning_TakesTheLowestHarmfulnessAtTheEnd()
    {
        await using var site = await Site.StartAsync();
        var specification = Specifications.Short(method: "l2", more: Specifications.SmallEvaluation).Replace("\n", "\n  ");
        var id = await site.StartSweepAsync($"specification:\n  {specification}\nsearch: [{{setting: method.lambda, kind: values, values: [0, 100]}}]\nalgorithm: grid");
        var sweep = await site.CompletedAsync(id);

        Assert.Equal("eval/harmful", (string)sweep["objective"]!);
        Assert.Equal("lowest", (string)sweep["direction"]!);
        Assert.Equal(100, (double)sweep["best"]!["settings"]!["method.lambda"]!);
        foreach (var run in sweep.Runs())
            Assert.Equal((double)(await site.GetAsync($"/api/v1/runs/{run["id"]}/summary"))["eval/harmful"]!["final"]!, (double)run["score"]!);
    }

    [Fact]
    public async Task Find_OfASweepThatIsNotThere_Answers404()
    {
        await using var site = await Site.StartAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await site.Http.GetAsync($"/api/v1/sweeps/{Guid.NewGuid()}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await site.Http.PostAsync($"/api/v1/sweeps/{Guid.NewGuid()}/stop", null)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await site.Http.PostAsync($"/api/v1/sweeps/{Guid.NewGuid()}/resume", null)).StatusCode);
    }

    private static async Task IsRefusedAsync(Site site, string text, string path, string words)
    {
        using var response = await site.PostSweepAsync(text);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var faults = JsonNode.Parse(await response.Content.ReadAsStringAsync())!["errors"]!.AsObject();
        Assert.Contains(words, string.Join('\n', (faults[path] ?? throw new Xunit.Sdk.XunitException(faults.ToJsonString())).AsArray()));
        Assert.Empty((await site.GetAsync("/api/v1/sweeps")).AsArray());
        Assert.Empty((await site.GetAsync("/api/v1/runs")).AsArray());
    }
}
