using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace AsFT.Web.Tests.Sweeps;

/// <summary>Searches over runs that take seconds: a tiny encoder made anew on sixty texts.</summary>
internal static class SmallSearch
{
    public const string Settings = """
        - {setting: optimiser.learning_rate, kind: log, min: 1e-4, max: 1e-1}
          - {setting: loss.kind, kind: values, values: [bce, scl]}
        """;

    /// <summary>A specification of eight steps an epoch, and what is searched.</summary>
    public static string Text(string options, string search = Settings, int epochs = 2, string form = "first_token") => $$"""
        name: small
        specification:
          task: classification
          classifier: {form: {{form}}, layers: 1, width: 16, vocabulary: 300}
          data: {train: [moods], max_length: 16}
          training: {epochs: {{epochs}}, batch_size: 8}
          scoring: {dev_share: 0.25, test: other-moods, embeddings: false}
        search:
          {{search}}
        {{options}}
        """;

    /// <summary>A site with texts to learn and texts to test on.</summary>
    public static async Task<Site> SiteAsync(params (string, string)[] settings)
    {
        var site = await Site.StartAsync(settings);
        await site.UploadAsync("moods.csv", Texts(60));
        await site.UploadAsync("other-moods.csv", Texts(20));
        return site;
    }

    private static byte[] Texts(int rows) => Encoding.UTF8.GetBytes("text,joy,anger\n" + string.Concat(Enumerable.Range(0, rows).Select(i => (i % 4) switch
    {
        0 => $"what a glad and sunny day number {i} of {rows},1,0\n",
        1 => $"i hate this broken door number {i} of {rows},0,1\n",
        2 => $"so glad yet i hate to go number {i} of {rows},1,1\n",
        _ => $"the train leaves at {i} of {rows},0,0\n",
    })));

    public static async Task<Guid> StartSweepAsync(this Site site, string text)
    {
        using var response = await site.PostSweepAsync(text);
        var answer = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.Created, answer);
        return (Guid)JsonNode.Parse(answer)!["id"]!;
    }

    public static Task<HttpResponseMessage> PostSweepAsync(this Site site, string text) => site.Http.PostAsync("/api/v1/sweeps", new StringContent(text, Encoding.UTF8, "application/yaml"));

    /// <summary>Waits until a sweep is as wanted; fails with what it says of itself after four minutes.</summary>
    public static async Task<JsonNode> SweepAsync(this Site site, Guid id, Func<JsonNode, bool> wanted)
    {
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(100))
        {
            var now = await site.GetAsync($"/api/v1/sweeps/{id}");
            if (wanted(now)) return now;
            Assert.True(clock.Elapsed < TimeSpan.FromMinutes(4), $"not as wanted after four minutes: {now.ToJsonString()}\n{site.Output}");
        }
    }

    public static Task<JsonNode> CompletedAsync(this Site site, Guid id) => site.SweepAsync(id, s => (string)s["state"]! == "completed");

    public static IEnumerable<JsonNode> Runs(this JsonNode sweep) => sweep["points"]!.AsArray().SelectMany(p => p!["runs"]!.AsArray()).Select(r => r!);
}
