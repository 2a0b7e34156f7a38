using System.Net;
using System.Text.Json.Nodes;
using AsFT.Experiments.Tournaments;

namespace AsFT.Web.Tests.Lab;

public sealed class TournamentTests(PostgresServer postgres)
{
    private static readonly (string, int)[] Six =
    [
        ("as specified/as specified/SFT", 42), ("as specified/as specified/L2/0", 42), ("as specified/as specified/L2/30", 42),
        ("as specified/as specified/SFT", 43), ("as specified/as specified/L2/0", 43), ("as specified/as specified/L2/30", 43),
    ];

    /// <summary>kill -9 in the middle of its second run: no run is lost, none is made twice, and what was begun is taken up.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Tournament_WhoseSiteIsKilled_GoesOnToItsEnd(bool onPostgres)
    {
        await using var site = await SmallTournament.SiteAsync(onPostgres ? await postgres.DatabaseAsync() : []);
        var id = await site.StartTournamentAsync(SmallTournament.Text());
        var before = await site.TournamentAsync(id, t => (int)t["over"]! >= 1 && (int)t["onTheirWay"]! > 0);
        site.Kill();
        await site.RestartAsync();
        var tournament = await site.FinishedAsync(id);

        Assert.Equal(Six, tournament.Pairs()); // a seed in all cells before the next
        Assert.Equal((6, 6), ((int)tournament["over"]!, (int)tournament["total"]!));
        Assert.Equal(6, (await site.GetAsync("/api/v1/runs")).AsArray().Count);
        Assert.Empty(before["runs"]!.AsArray().Select(r => (string)r!["id"]!).Except(tournament["runs"]!.AsArray().Select(r => (string)r!["id"]!)));

        var first = tournament["runs"]![0]!;
        var run = await site.GetAsync($"/api/v1/runs/{first["id"]}");
        Assert.Equal("small · as specified · as specified · SFT · seed 42", (string)run["name"]!);
        Assert.Equal("tournament:small", (string)run["tags"]!);
        var summary = await site.GetAsync($"/api/v1/runs/{first["id"]}/summary");
        Assert.Equal((double)summary["eval/harmful"]!["final"]!, (double)first["scores"]!["eval/harmful"]!);
        Assert.Equal((double)summary["validation/accuracy"]!["final"]!, (double)first["scores"]!["validation/accuracy"]!);

        foreach (var text in new[] { (await site.GetAsync($"/api/v1/tournaments/{id}"))["request"]!.ToJsonString(), await site.Http.GetStringAsync($"/api/v1/tournaments/{id}/request.yaml") })
            Assert.Equal(["SFT", "L2"], TournamentRequest.Parse(text).Methods.Select(m => m.Name)); // as one posts it
        var result = await site.GetAsync($"/api/v1/tournaments/{id}/result");
        var l2 = result["choices"]!.AsArray().Single(c => (string)c!["method"]! == "L2")!;
        var chosen = (string)l2["strength"]!;
        var cell = result["cells"]!.AsArray().Single(c => (bool)c!["chosen"]! && (string)c["cell"]!["method"]! == "L2")!;
        Assert.Equal(chosen, (string)cell["cell"]!["strength"]!);
        var page = WebUtility.HtmlDecode(await site.Http.GetStringAsync($"/lab/tournaments/{id}"));
        Assert.Contains($"L2 ({chosen}) against SFT: harmful ", page);
        Assert.Contains("Too few seeds to tell", page);
        Assert.Contains("6 of 6 runs done", page);
        Assert.Contains($"/lab/tournaments/{id}", await site.Http.GetStringAsync($"/runs/{first["id"]}"));
    }

    [Fact]
    public async Task Stop_ThenGoOn_LosesNothing()
    {
        await using var site = await SmallTournament.SiteAsync();
        var id = await site.StartTournamentAsync(SmallTournament.Text("seeds: 2\nselection_seeds: 2\nat_once: 2"));
        await site.TournamentAsync(id, t => (int)t["onTheirWay"]! > 0);
        using (var stopped = await site.Http.PostAsync($"/api/v1/tournaments/{id}/stop", null)) Assert.Equal(HttpStatusCode.OK, stopped.StatusCode);
        var still = await site.TournamentAsync(id, t => (int)t["onTheirWay"]! == 0);
        Assert.Equal("stopped", (string)still["state"]!);
        Assert.All(still["runs"]!.AsArray(), r => Assert.Contains((string)r!["state"]!, new[] { "open", "completed" })); // none counts as broken
        using (var resumed = await site.Http.PostAsync($"/api/v1/tournaments/{id}/resume", null)) Assert.Equal(HttpStatusCode.OK, resumed.StatusCode);
        var tournament = await site.FinishedAsync(id);
        Assert.Equal(Six.Order(), tournament.Pairs().Order());
        Assert.All(tournament["runs"]!.AsArray(), r => Assert.Equal("completed", (string)r!["state"]!));
    }

    [Theory]
    [InlineData("seeds: 2\nselection_seeds: 3", "selection_seeds", "more than all 2 seeds")]
    [InlineData("seeds: 0", "seeds", "take 1 to 100")]
    [InlineData("seeds: 2\nspeed: 1", "speed", "unknown setting")]
    public async Task Start_WithAFaultyOption_SaysWhatToWriteInstead(string options, string path, string words) => await IsRefusedAsync(SmallTournament.Text(options), path, words);

    [Fact]
    public async Task Start_WithAMethodWhoseDataIsNotThere_SaysSoBeforeTheFirstRun() =>
        await IsRefusedAsync(SmallTournament.Text(methods: "- {name: SafeInstruct, settings: {method.kind: safe_instruct, safe_instruct.safety_rows: nowhere, safe_instruct.count: 5}}"), "methods.1", "no dataset is named 'nowhere'; upload it on the Datasets page");

    /// <summary>A deleted run is missing from its cell, so it is run anew when the tournament goes on.</summary>
    [Fact]
    public async Task DeletedRun_OfARunningTournament_IsRunAnew()
    {
        await using var site = await SmallTournament.SiteAsync();
        var id = await site.StartTournamentAsync(SmallTournament.Text("seeds: 2\nselection_seeds: 1", methods: "- {name: L2, settings: {method.kind: l2}}"));
        var begun = await site.TournamentAsync(id, t => (int)t["over"]! >= 1);
        var first = (string)begun["runs"]![0]!["id"]!;
        using (var deleted = await site.Http.DeleteAsync($"/api/v1/runs/{first}")) Assert.True(deleted.IsSuccessStatusCode);
        var tournament = await site.FinishedAsync(id);
        Assert.Equal(4, tournament["runs"]!.AsArray().Count);
        Assert.DoesNotContain(first, tournament["runs"]!.AsArray().Select(r => (string)r!["id"]!));
    }

    /// <summary>What the form offers is the lab's own tournament, and each tick leaves a text that can start.</summary>
    [Fact]
    public void Draft_TickByTick_StaysATournamentThatCanStart()
    {
        var offer = TournamentRequest.Parse(File.ReadAllText(Path.Combine(Site.Repository, "lab", "report", "tournament.yaml")));
        var draft = new AsFT.Web.Lab.Tournaments.TournamentDraft(offer, ["lab-aligned", "lab-base"]);
        Assert.Empty(draft.Faults);
        Assert.Equal(["SFT", "L2 control", "AsFT"], draft.Request!.Methods.Select(m => m.Name));
        Assert.Equal("V0", Assert.Single(draft.Request.Worlds).Name);
        Assert.Equal("V1", Assert.Single(draft.Missing).Name);
        Assert.Equal(2 * 9 + 3, draft.Runs); // two seeds in nine cells, and the third in the three that are chosen
        foreach (var method in draft.Methods.ToList()) draft.Tick(method, true);
        Assert.Equal(offer.Methods.Select(m => m.Name), draft.Request.Methods.Select(m => m.Name));
        Assert.Empty(draft.Faults);
        draft.Tick(offer.Methods[0], false);
        Assert.Contains("name no plain fine-tuning to compare with", Assert.Single(draft.Faults).ToString());
        draft.Read(draft.Text.Replace("name: Lisa", "name: RESTA")); // two of one name
        Assert.Contains(draft.Faults, f => f.Problem.Contains("'RESTA' is there already"));
        draft.Tick(offer.Methods[0], true); // the second goes, and the page with it stays
        Assert.Empty(draft.Faults);
        draft.Read("methods: [");
        Assert.Null(draft.Request);
        Assert.NotEmpty(draft.Faults);
    }

    private static async Task IsRefusedAsync(string text, string path, string words)
    {
        await using var site = await SmallTournament.SiteAsync();
        using var response = await site.PostTournamentAsync(text);
        var answer = await response.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(words, JsonNode.Parse(answer)!["errors"]![path]!.ToJsonString().Replace("\\u0027", "'"));
        Assert.Empty((await site.GetAsync("/api/v1/runs")).AsArray());
        Assert.Empty((await site.GetAsync("/api/v1/tournaments")).AsArray());
    }
}
