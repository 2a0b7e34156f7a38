using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace AsFT.Web.Tests.Runs;

/// <summary>A few steps of a run that nobody has queued, measured by the site.</summary>
public sealed class RunTrialTests
{
    [Fact]
    public async Task Estimate_OfASpecification_IsMeasured_AndNothingIsQueuedOrLeft()
    {
        await using var site = await Site.StartAsync();
        var told = await EstimateAsync(site, Specifications.Short(method: "asft", more: Specifications.SmallEvaluation), HttpStatusCode.OK);
        var timing = told["timing"]!;
        double Of(string figure) => (double)timing[figure]!;
        Assert.Equal((63, 2), ((int)timing["steps"]!, (int)timing["evaluations"]!)); // 1,000 rows in batches of 16; before and after the one epoch
        Assert.Equal(Of("setupSeconds") + 63 * Of("secondsPerStep") + 2 * Of("secondsPerEvaluation"), Of("totalSeconds"), 9);
        Assert.InRange(Of("peakMemoryBytes"), 100e6, 10e9);
        Assert.Equal(0, (int)told["beside"]!);
        Assert.Empty((await site.GetAsync("/api/v1/runs")).AsArray());
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(site.Directory, "runs")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(site.Directory, "uploads")));
    }

    [Fact]
    public async Task Estimate_OfWhatCannotRun_NamesTheSameFaultsAsTheQueue_OrWhatTheTrialMet()
    {
        await using var site = await Site.StartAsync();
        const string Faulty = "model: {aligned: no-such-model}\ndata: {train: [no-such-dataset], max_length: many}\nmethod: {kind: asft, lambda: -1}";
        using var refused = await site.PostYamlAsync(Faulty);
        var queue = JsonNode.Parse(await refused.Content.ReadAsStringAsync())!["errors"]!.AsObject();
        Assert.Equal(["data.max_length", "data.train[0]", "method.lambda", "model.aligned", "model.base"], queue.Select(f => f.Key).Order());
        Assert.True(JsonNode.DeepEquals(queue, (await EstimateAsync(site, Faulty, HttpStatusCode.BadRequest))["errors"]));

        var diverging = Specifications.Short(more: "lora: {alpha: 1e6}\nschedule: {kind: constant}").Replace("learning_rate: 1e-3", "learning_rate: 10", StringComparison.Ordinal);
        Assert.Matches("The trial failed, as the run would: .* not finite .*", (string)(await EstimateAsync(site, diverging, HttpStatusCode.UnprocessableEntity))["detail"]!);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(site.Directory, "uploads")));
    }

    /// <summary>A judge that never answers keeps the trial waiting. Who leaves ends the process; what it had written goes, and the next one has its place.</summary>
    [Fact]
    public async Task Estimate_WhoseAskerLeaves_EndsAndMakesRoom()
    {
        await using var site = await Site.StartAsync(("Judges:AllowPrivateAddresses", "true"));
        using var judge = new TcpListener(IPAddress.Loopback, 0);
        judge.Start();
        var silent = $"second_judge: {{form: llama_guard, address: 'http://{judge.LocalEndpoint}/v1', endpoint_model: guard, timeout_seconds: 600, concurrency: 1}}";
        using var leaving = new CancellationTokenSource();
        var asked = site.Http.PostAsync("/api/v1/runs/estimate", Yaml(Specifications.Short(more: $"{Specifications.SmallEvaluation}\n{silent}")), leaving.Token);
        using var connection = await judge.AcceptTcpClientAsync();
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);

        await ReadToItsEndAsync(connection); // the process is gone
        await EstimateAsync(site, Specifications.Short(), HttpStatusCode.OK);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(site.Directory, "uploads")));
    }

    private static async Task ReadToItsEndAsync(TcpClient connection)
    {
        try
        {
            await connection.GetStream().CopyToAsync(Stream.Null).WaitAsync(TimeSpan.FromMinutes(2));
        }
        catch (IOException)
        {
            // reset is an end too
        }
    }

    private static async Task<JsonNode> EstimateAsync(Site site, string specification, HttpStatusCode expected)
    {
        using var response = await site.Http.PostAsync("/api/v1/runs/estimate", Yaml(specification));
        var answer = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == expected, answer);
        return JsonNode.Parse(answer)!;
    }

    private static StringContent Yaml(string specification) => new(specification, Encoding.UTF8, "application/yaml");
}
