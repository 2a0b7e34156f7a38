using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using AsFT.Web.Tests.Sweeps;

namespace AsFT.Web.Tests.Runs;

/// <summary>What pages do and programs can do as well.</summary>
public sealed class RunEndpointsTests : IAsyncLifetime
{
    private Site site = null!;

    public async ValueTask InitializeAsync() => site = await Site.StartAsync();

    public ValueTask DisposeAsync() => site.DisposeAsync();

    [Fact]
    public async Task CompletedRun_DescribedAttackedAndGoneOnWith()
    {
        var id = await site.SubmitAsync(Specifications.Short(more: Specifications.SmallEvaluation));
        var early = await Problem(site.Http.GetAsync($"/api/v1/runs/{id}/attack.yaml"));
        Assert.Equal(HttpStatusCode.Conflict, early.Status);
        Assert.StartsWith("Only a completed fine-tuning can be attacked", early.Detail);

        using (var named = await site.Http.PutAsJsonAsync($"/api/v1/runs/{id}/description", new { name = " first ", tags = "keep" })) Assert.Equal(HttpStatusCode.OK, named.StatusCode);
        using (var noted = await site.Http.PutAsJsonAsync($"/api/v1/runs/{id}/description", new { notes = "why" })) Assert.Equal(HttpStatusCode.OK, noted.StatusCode);
        using (var odd = await site.Http.PutAsJsonAsync($"/api/v1/runs/{id}/description", new { name = "a\0b", notes = "\0" })) Assert.Equal(HttpStatusCode.BadRequest, odd.StatusCode);
        using (var refused = await site.Http.PutAsJsonAsync($"/api/v1/runs/{id}/description", new { name = " ", tags = new string('x', 501), notes = "other" }))
            Assert.Equal(["name", "tags"], JsonNode.Parse(await refused.Content.ReadAsStringAsync())!["errors"]!.AsObject().Select(e => e.Key).Order());
        var run = await site.ReachAsync(id, "completed", "failed");
        Assert.Equal(("first", "keep", "why"), ((string)run["name"]!, (string)run["tags"]!, (string)run["notes"]!));

        Assert.Equal((HttpStatusCode.Conflict, "The run is completed; only one that was stopped, crashed, failed or diverged goes on."), await Problem(site.Http.PostAsync($"/api/v1/runs/{id}/resume", null)));
        using var sweep = await site.PostSweepAsync(await site.Http.GetStringAsync($"/api/v1/runs/{id}/attack.yaml"));
        Assert.Equal(HttpStatusCode.Created, sweep.StatusCode);
        var attack = JsonNode.Parse(await sweep.Content.ReadAsStringAsync())!;
        Assert.Equal(id.ToString(), (string)attack["specification"]!["model"]!["after"]!);
        await site.Http.PostAsync($"/api/v1/sweeps/{attack["id"]}/stop", null);
    }

    [Fact]
    public async Task Attack_OnARunThatMeasuresNothing_IsRefusedBeforeItIsPosted()
    {
        var id = await site.SubmitAsync(Specifications.Short());
        await site.ReachAsync(id, "completed", "failed");
        var (status, detail) = await Problem(site.Http.GetAsync($"/api/v1/runs/{id}/attack.yaml"));
        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.StartsWith("The run's evaluation asks nothing", detail);
    }

    [Fact]
    public async Task Check_ResolvesAndCounts_AndQueuesNothing()
    {
        foreach (var preset in (await site.GetAsync("/api/v1/presets")).AsArray().Where(p => (string)p!["id"]! is "demo" or "demo-sft" or "basin"))
        {
            using var answer = await Post("/api/v1/runs/check", preset!["specification"]!.ToJsonString());
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            var seen = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
            Assert.StartsWith("lab-aligned@sha256:", (string)seen["specification"]!["model"]!["aligned"]!);
            if ((string)preset["id"]! == "demo") Assert.Equal(189, (int)seen["expectation"]!["estimate"]!["steps"]!); // 1,000 rows in batches of 16, three times
        }
        using (var refused = await Post("/api/v1/runs/check", "model: {aligned: nobody}\ntraining: {batch_size: 0}"))
            Assert.Equal(["data.train", "model.aligned", "training.batch_size"], JsonNode.Parse(await refused.Content.ReadAsStringAsync())!["errors"]!.AsObject().Select(e => e.Key).Where(k => k != "model.base").Order());
        Assert.Empty((await site.GetAsync("/api/v1/runs")).AsArray());
    }

    [Fact]
    public async Task RunsThatAreNotThere_AreNotFound()
    {
        var run = $"/api/v1/runs/{Guid.NewGuid()}";
        foreach (var answer in new[]
        {
            site.Http.DeleteAsync(run), site.Http.PostAsync(run + "/resume", null), site.Http.PostAsync(run + "/stop", null), site.Http.GetAsync(run + "/attack.yaml"), site.Http.PutAsJsonAsync(run + "/description", new { name = "x" }),
            site.Http.PostAsJsonAsync(run + "/judge", new { name = "x", harm = new[] { "y" }, validation = "z" }), site.Http.GetAsync($"/api/v1/tournaments/{Guid.NewGuid()}/request.yaml"),
        })
            Assert.Equal(HttpStatusCode.NotFound, (await Problem(answer)).Status);
    }

    [Fact]
    public async Task BodyWithoutAnEnd_IsTooLarge_NotAFaultOfTheSite()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/runs") { Content = new StreamContent(new MemoryStream(new byte[31 << 20])) };
        (request.Headers.TransferEncodingChunked, request.Content.Headers.ContentType) = (true, new MediaTypeHeaderValue("application/yaml"));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await Problem(site.Http.SendAsync(request))).Status);
    }

    private Task<HttpResponseMessage> Post(string address, string text) => site.Http.PostAsync(address, new StringContent(text, Encoding.UTF8, "application/yaml"));

    private static async Task<(HttpStatusCode Status, string Detail)> Problem(Task<HttpResponseMessage> asked)
    {
        using var answer = await asked;
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        return (answer.StatusCode, (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["detail"] ?? "");
    }
}
