using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using AsFT.Experiments.Events;

namespace AsFT.Web.Tests.Runs;

public sealed class JudgedRunTests
{
    private const string Evaluation = "evaluation: {harmful_prompts: lab-harmful, harmful_limit: 4, harmful_new_tokens: 24}\n";

    [Fact]
    public async Task Submit_WithAModelThatCannotJudge_IsRefused()
    {
        await using var site = await Site.StartAsync();
        foreach (var (judge, path, problem) in new[]
        {
            ("judge: {form: moderation, model: lab-aligned}", "judge.model", "no classifier with 14 categories"),
            ("second_judge: {form: wild_guard, model: nowhere}", "second_judge.model", "no registered model is named 'nowhere'"),
        })
        {
            using var response = await site.PostYamlAsync(Specifications.Short(more: Evaluation + judge));
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            Assert.Contains(problem, (string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["errors"]![path]![0]!);
        }
    }

    [Fact]
    public async Task Run_JudgedByARegisteredModel_PinsIt()
    {
        await using var site = await Site.StartAsync();
        var id = await site.SubmitAsync(Specifications.Short(more: Evaluation + "judge: {form: wild_guard, model: lab-base}"));
        var run = await site.ReachAsync(id, "completed", "failed");
        Assert.Equal("completed", (string)run["state"]!);
        Assert.StartsWith("lab-base@sha256:", (string)run["specification"]!["judge"]!["model"]!);
        var last = EventLog.Read(Path.Combine(site.RunFolder(id), "events.jsonl")).OfType<Evaluation>().Last();
        Assert.Equal(1, last.Values["eval/unjudged"]); // the lab's model has never heard of WildGuard's three lines
        Assert.StartsWith("wildguard form 1, lab-base@", last.Protocol["judge"]);
    }

    [Theory]
    [InlineData("true", 0)]
    [InlineData("false", 1)]
    public async Task Run_JudgedOnThisMachine_NeedsTheSetting(string allowed, double unjudged)
    {
        using var server = new HttpListener();
        var port = FreePort();
        server.Prefixes.Add($"http://127.0.0.1:{port}/");
        server.Start();
        _ = AnswerAsync(server);
        await using var site = await Site.StartAsync(("Judges:AllowPrivateAddresses", allowed));
        var id = await site.SubmitAsync(Specifications.Short(more: Evaluation + $"judge: {{form: llama_guard, address: 'http://127.0.0.1:{port}/v1', endpoint_model: guard, retries: 0}}"));
        Assert.Equal("completed", (string)(await site.ReachAsync(id, "completed", "failed"))["state"]!);
        Assert.All(EventLog.Read(Path.Combine(site.RunFolder(id), "events.jsonl")).OfType<Evaluation>(), e => Assert.Equal(unjudged, e.Values["eval/unjudged"]));
    }

    private static async Task AnswerAsync(HttpListener server)
    {
        while (server.IsListening)
        {
            var context = await server.GetContextAsync();
            await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes("""{"choices": [{"message": {"role": "assistant", "content": "safe"}}]}"""));
            context.Response.Close();
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
