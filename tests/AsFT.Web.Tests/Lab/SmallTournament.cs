using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace AsFT.Web.Tests.Lab;

/// <summary>Tournaments over runs that take seconds: six steps on the shipped pair.</summary>
internal static class SmallTournament
{
    /// <summary>Plain fine-tuning, and the L2 control with a strength that does nothing and one that lets nothing be learnt: six runs.</summary>
    public static string Text(string more = "seeds: 2\nselection_seeds: 2", string methods = "- {name: L2, settings: {method.kind: l2}, strength: {setting: method.lambda, values: [0, 30]}}", string train = "few") => $$$"""
        name: small
        specification:
          model: {aligned: lab-aligned, base: lab-base}
          data: {train: [{{{train}}}], template: lab, max_length: 96}
          optimiser: {learning_rate: 1e-3}
          training: {epochs: 1, batch_size: 16, checkpoint_every: 2}
          judge: {form: lab}
          evaluation: {every_epochs: 0, harmful_prompts: lab-harmful, harmful_limit: 10, harmful_new_tokens: 24, task: lab-task, task_limit: 10, task_new_tokens: 12, metric: exact, validation_prompts: lab-harmful-validation, validation_task: lab-task-validation}
        methods:
        - {name: SFT, settings: {method.kind: sft}}
        {{{methods}}}
        {{{more}}}
        """;

    public static byte[] Few => Encoding.UTF8.GetBytes(string.Join('\n', File.ReadLines(Path.Combine(Site.Repository, "lab", "datasets", "lab-train.jsonl")).Take(96)));

    public static async Task<Site> SiteAsync(params (string, string)[] settings)
    {
        var site = await Site.StartAsync(settings);
        await site.UploadAsync("few.jsonl", Few);
        return site;
    }

    public static Task<HttpResponseMessage> PostTournamentAsync(this Site site, string text) => site.Http.PostAsync("/api/v1/tournaments", new StringContent(text, Encoding.UTF8, "application/yaml"));

    public static async Task<Guid> StartTournamentAsync(this Site site, string text)
    {
        using var response = await site.PostTournamentAsync(text);
        var answer = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.Created, answer);
        return (Guid)JsonNode.Parse(answer)!["id"]!;
    }

    public static async Task<JsonNode> TournamentAsync(this Site site, Guid id, Func<JsonNode, bool> wanted)
    {
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(100))
        {
            var now = await site.GetAsync($"/api/v1/tournaments/{id}");
            if (wanted(now)) return now;
            Assert.True(clock.Elapsed < TimeSpan.FromMinutes(5), $"not as wanted after five minutes: {now.ToJsonString()}\n{site.Output}");
        }
    }

    public static Task<JsonNode> FinishedAsync(this Site site, Guid id) => site.TournamentAsync(id, t => (string)t["state"]! == "completed");

    public static IEnumerable<(string Cell, int Seed)> Pairs(this JsonNode tournament) => tournament["runs"]!.AsArray().Select(r => ((string)r!["cell"]!, (int)r["seed"]!));
}
