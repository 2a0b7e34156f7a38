using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using AsFT.Experiments.Events;
using EventLog = AsFT.Experiments.Events.EventLog;
using Microsoft.AspNetCore.SignalR.Client;

namespace AsFT.Web.Tests.Runs;

public sealed class RunLifecycleTests(PostgresServer postgres)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_FromYamlToFiles_IsWholeEverywhere(bool onPostgres)
    {
        await using var site = await Site.StartAsync(onPostgres ? await postgres.DatabaseAsync() : []);
        var id = await site.SubmitAsync(Specifications.Short(method: "asft", more: Specifications.SmallEvaluation));
        var run = await site.ReachAsync(id, "completed", "failed");
        Assert.Equal("completed", (string)run["state"]!);

        var events = EventLog.Read(Path.Combine(site.RunFolder(id), "events.jsonl")).ToList();
        Assert.Equal(Enumerable.Range(1, events.Count).Select(i => (long)i), events.Select(e => e.Seq));
        await CurvesAreWhole(site, id, steps: 63);
        Assert.Single(Directory.EnumerateFiles(Path.Combine(site.Directory, "directions"))); // the direction is kept for the next run of this pair
        var loss = (await site.GetAsync($"/api/v1/runs/{id}/metrics")).AsArray().Single(s => (string)s!["name"]! == "loss/task")!;
        Assert.Equal(events.OfType<Metrics>().Select(m => m.Values["loss/task"]), loss["values"]!.AsArray().Select(v => (double)v!));

        var csv = (await site.Http.GetStringAsync($"/api/v1/runs/{id}/metrics.csv")).Trim().Split('\n');
        Assert.Equal(1 + 64, csv.Length); // head, the evaluation at step 0, 63 steps
        using var adapter = new ZipArchive(await site.Http.GetStreamAsync($"/api/v1/runs/{id}/files/adapter.zip"));
        Assert.Equal(["adapter_config.json", "adapter_model.safetensors"], adapter.Entries.Select(e => e.FullName).Order());
        Assert.All(adapter.Entries, e => Assert.True(e.Length > 100));
        var yaml = await site.Http.GetStringAsync($"/api/v1/runs/{id}/files/spec.yaml");
        Assert.Equal((string)run["hash"]!, (string)(await site.GetAsync($"/api/v1/runs/{await site.SubmitAsync(yaml)}"))["hash"]!); // what is exported is what ran
    }

    [Fact]
    public async Task Submit_WithFaults_NamesEachByItsPathAndQueuesNothing()
    {
        await using var site = await Site.StartAsync();
        using var response = await site.PostYamlAsync("""
            model: {aligned: no-such-model}
            data: {train: [no-such-dataset]}
            method: {kind: asft, lambda: -1}
            training: {batch_size: 0}
            evaluation: {task: lab-harmful}
            """);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var faults = JsonNode.Parse(await response.Content.ReadAsStringAsync())!["errors"]!.AsObject();
        Assert.Equal(["data.train[0]", "evaluation.task", "method.lambda", "model.aligned", "model.base", "training.batch_size"], faults.Select(f => f.Key).Order());

        using var second = await site.PostYamlAsync(Specifications.Short(train: "no-such-dataset", more: "lora: {targets: [q_proj, w_proj]}\nevaluation: {task: lab-harmful}"));
        Assert.Equal(["data.train[0]", "evaluation.task", "lora.targets"], JsonNode.Parse(await second.Content.ReadAsStringAsync())!["errors"]!.AsObject().Select(f => f.Key).Order());

        using var third = await site.PostYamlAsync(Specifications.Short().Replace("training: {", "training: {device: 'cpu 0-1, cpu 2-31', ", StringComparison.Ordinal)); // the shipped model has 4 layers
        Assert.Equal(["training.device"], JsonNode.Parse(await third.Content.ReadAsStringAsync())!["errors"]!.AsObject().Select(f => f.Key));
        Assert.Empty((await site.GetAsync("/api/v1/runs")).AsArray());
    }

    [Theory]
    [InlineData("""{"model":null,"data":{"train":[null]},"name":null}""", "model")]
    [InlineData("data: 7", "data")]
    [InlineData("[]", "")]
    public async Task Submit_HolesInTheText_AreFaultsNotErrors(string text, string path)
    {
        await using var site = await Site.StartAsync();
        using var response = await site.PostYamlAsync(text);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(path, JsonNode.Parse(await response.Content.ReadAsStringAsync())!["errors"]!.AsObject().Select(f => f.Key));
    }

    /// <summary>The partner that the model's page names is taken where a defence needs one.</summary>
    [Fact]
    public async Task Submit_WithoutAPartner_TakesTheOneOfTheModel()
    {
        await using var site = await Site.StartAsync();
        var id = await site.SubmitAsync(Specifications.Short(method: "asft").Replace(", base: lab-base", ""));
        Assert.StartsWith("lab-base@sha256:", (string)(await site.GetAsync($"/api/v1/runs/{id}"))["specification"]!["model"]!["base"]!);
        var plain = await site.SubmitAsync(Specifications.Short(method: "sft").Replace(", base: lab-base", ""));
        Assert.Null((await site.GetAsync($"/api/v1/runs/{plain}"))["specification"]!["model"]!["base"]);
    }

    [Fact]
    public async Task Read_OfWhatIsNotThere_Answers404_AndAStreamGoesOnWhereItWasLost()
    {
        await using var site = await Site.StartAsync();
        foreach (var part in new[] { "", "/metrics", "/metrics.csv", "/summary", "/events", "/files/spec.yaml" })
            Assert.Equal(HttpStatusCode.NotFound, (await site.Http.GetAsync($"/api/v1/runs/{Guid.NewGuid()}{part}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await site.Http.DeleteAsync($"/api/v1/datasets/{Guid.NewGuid()}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await site.Http.DeleteAsync($"/api/v1/models/{Guid.NewGuid()}")).StatusCode);

        var id = await site.SubmitAsync(Specifications.Short());
        await site.ReachAsync(id, "completed");
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/runs/{id}/events") { Headers = { { "Last-Event-ID", "60" } } };
        var ids = (await (await site.Http.SendAsync(request)).Content.ReadAsStringAsync()).Split('\n').Where(l => l.StartsWith("id: ", StringComparison.Ordinal)).Select(l => int.Parse(l[4..])).ToList();
        Assert.Equal(Enumerable.Range(61, ids.Count), ids);
        Assert.NotEmpty(ids);
    }

    [Fact]
    public async Task Queue_OneWorker_TellsThePositionAndStopsAWaitingRunAtOnce()
    {
        await using var site = await Site.StartAsync();
        var first = await site.SubmitAsync(Specifications.Short(epochs: 200));
        await site.ReachAsync(first, "running");
        var second = await site.SubmitAsync(Specifications.Short());
        var third = await site.SubmitAsync(Specifications.Short());
        Assert.Equal(1, (int)(await site.GetAsync($"/api/v1/runs/{second}"))["position"]!);
        Assert.Equal(2, (int)(await site.GetAsync($"/api/v1/runs/{third}"))["position"]!);

        var stopped = await (await site.Http.PostAsync($"/api/v1/runs/{second}/stop", null)).Content.ReadFromJsonAsync<JsonNode>();
        Assert.Equal("stopped", (string)stopped!["state"]!);
        Assert.Equal(HttpStatusCode.Conflict, (await site.Http.DeleteAsync($"/api/v1/runs/{first}")).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await site.Http.DeleteAsync($"/api/v1/runs/{second}")).StatusCode);
        await site.Http.PostAsync($"/api/v1/runs/{first}/stop", null);
        await site.ReachAsync(third, "completed");
    }

    [Fact]
    public async Task Stop_KeepsWhatThereIs_AndResumeComputesTheSameAsARunThatWasNotStopped()
    {
        await using var site = await Site.StartAsync();
        var specification = Specifications.Short(epochs: 3, method: "asft", checkpointEvery: 1000);
        var stopped = await site.SubmitAsync(specification);
        await site.StepAsync(stopped, 30);
        var trainer = Trainers(site.RunFolder(stopped)).Single();
        await site.Http.PostAsync($"/api/v1/runs/{stopped}/stop", null);
        var run = await site.ReachAsync(stopped, "stopped");
        Assert.False(Process.GetProcesses().Any(p => p.Id == trainer), "the training process is still there");
        Assert.True(File.Exists(Path.Combine(site.RunFolder(stopped), "adapter", "adapter_model.safetensors")));
        Assert.InRange((int)run["step"]!, 30, 188);

        await site.Http.PostAsync($"/api/v1/runs/{stopped}/resume", null);
        await site.ReachAsync(stopped, "completed");
        var whole = await site.SubmitAsync(specification);
        await site.ReachAsync(whole, "completed");
        await CurvesAreWhole(site, stopped, 189);
        foreach (var series in new[] { "loss/task", "loss/penalty", "lr" }) Assert.Equal(await Values(site, whole, series), await Values(site, stopped, series));
    }

    [Fact]
    public async Task Dataset_DeletedWhileARunWaits_FailsItWithThatCause()
    {
        await using var site = await Site.StartAsync();
        var stored = await site.UploadAsync("gone.jsonl", """{"instruction":"a","output":"b"}"""u8.ToArray());
        var first = await site.SubmitAsync(Specifications.Short(epochs: 200));
        await site.ReachAsync(first, "running");
        var waiting = await site.SubmitAsync(Specifications.Short(train: "gone"));
        await site.Http.DeleteAsync($"/api/v1/datasets/{stored["datasetId"]}");
        await site.Http.PostAsync($"/api/v1/runs/{first}/stop", null);
        var failed = await site.ReachAsync(waiting, "failed", "completed");
        Assert.Equal("failed", (string)failed["state"]!);
        Assert.Contains("is not stored any more", (string)failed["cause"]!);
    }

    [Fact]
    public async Task Loss_ThatIsNoNumber_IsItsOwnOutcomeWithTheStep()
    {
        await using var site = await Site.StartAsync();
        var id = await site.SubmitAsync(Specifications.Short(more: "lora: {alpha: 1e6}\nschedule: {kind: constant}").Replace("learning_rate: 1e-3", "learning_rate: 10"));
        var run = await site.ReachAsync(id, "diverged", "completed", "failed");
        Assert.Equal("diverged", (string)run["state"]!);
        Assert.Matches("not finite .*at step [0-9]+", (string)run["cause"]!);
    }

    [Fact]
    public async Task Hub_JoinedInTheMiddle_HistoryAndNewsTogetherAreWhole()
    {
        await using var site = await Site.StartAsync();
        var id = await site.SubmitAsync(Specifications.Short(epochs: 2));
        await site.StepAsync(id, 20);
        var live = new List<RunEvent>();
        await using var hub = new HubConnectionBuilder().WithUrl(new Uri(site.Http.BaseAddress!, "/hubs/runs")).Build();
        hub.On<string[]>("events", lines => { lock (live) live.AddRange(lines.Select(RunEvent.Parse)); });
        await hub.StartAsync();
        await hub.InvokeAsync("Join", id);
        var history = await Steps(site, id, "loss/task");
        await site.ReachAsync(id, "completed");
        await Task.Delay(500); // the last news may be on their way
        lock (live) Assert.Equal(Enumerable.Range(1, 126), history.Union(live.OfType<Metrics>().Select(m => m.Step)).Order());
        Assert.NotEmpty(history);
        Assert.Contains(live, e => e is Finished);
    }

    [Fact]
    public async Task Events_AsAStream_EndWithTheRun()
    {
        await using var site = await Site.StartAsync();
        var id = await site.SubmitAsync(Specifications.Short());
        var text = await site.Http.GetStringAsync($"/api/v1/runs/{id}/events");
        var lines = text.Split('\n').Where(l => l.StartsWith("data: ")).Select(l => RunEvent.Parse(l[6..])).ToList();
        Assert.Equal(Enumerable.Range(1, lines.Count).Select(i => (long)i), lines.Select(e => e.Seq));
        Assert.IsType<Finished>(lines[^1]);
    }

    internal static async Task CurvesAreWhole(Site site, Guid id, int steps)
    {
        foreach (var series in new[] { "loss/task", "loss/penalty", "loss/total", "lr", "tokens_per_second", "memory/rss_bytes" })
            Assert.Equal(Enumerable.Range(1, steps), await Steps(site, id, series));
    }

    internal static async Task<List<int>> Steps(Site site, Guid id, string series) => [.. (await Series(site, id, series))["steps"]!.AsArray().Select(s => (int)s!)];

    internal static async Task<List<double>> Values(Site site, Guid id, string series) => [.. (await Series(site, id, series))["values"]!.AsArray().Select(s => (double)s!)];

    private static async Task<JsonNode> Series(Site site, Guid id, string series) => (await site.GetAsync($"/api/v1/runs/{id}/metrics")).AsArray().Single(s => (string)s!["name"]! == series)!;

    /// <summary>The processes whose command line names a run's folder.</summary>
    internal static List<int> Trainers(string folder) => [.. System.IO.Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(n => int.TryParse(n, out _)).Select(n => int.Parse(n!))
        .Where(p => CommandLine(p).Contains(folder, StringComparison.Ordinal) && CommandLine(p).Contains("asft", StringComparison.Ordinal) && CommandLine(p).Contains("--supervised", StringComparison.Ordinal))];

    private static string CommandLine(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline");
        }
        catch (IOException)
        {
            return "";
        }
    }
}
