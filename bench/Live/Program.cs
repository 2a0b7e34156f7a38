using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using AsFT.Experiments.Events;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Playwright;

// How long from an event printed by the trainer to its point in the frame of a browser, while 20 others watch.
// Usage: start the site, then dotnet run -c Release --project bench/Live -- http://localhost:5080
const int Watchers = 20;
var site = new Uri(args.FirstOrDefault() ?? "http://localhost:5080");
using var http = new HttpClient { BaseAddress = site };
var specification = """
    name: latency
    model: {aligned: lab-aligned, base: lab-base}
    data: {train: [lab-train], max_length: 96}
    method: {kind: asft, lambda: 30}
    optimiser: {learning_rate: 1e-3}
    training: {epochs: 6, batch_size: 16}
    """;
var answer = await http.PostAsync("/api/v1/runs", new StringContent(specification, Encoding.UTF8, "application/yaml"));
answer.EnsureSuccessStatusCode();
var id = (Guid)(await answer.Content.ReadFromJsonAsync<JsonNode>())!["id"]!;

var heard = new int[Watchers];
var hubs = await Task.WhenAll(Enumerable.Range(0, Watchers).Select(async i =>
{
    var hub = new HubConnectionBuilder().WithUrl(new Uri(site, "/hubs/runs")).Build();
    hub.On<string[]>("events", lines => Interlocked.Add(ref heard[i], lines.Length));
    await hub.StartAsync();
    await hub.InvokeAsync("Join", id);
    return hub;
}));

using var playwright = await Playwright.CreateAsync();
await using var browser = await playwright.Chromium.LaunchAsync(new()
{
    ExecutablePath = "/usr/bin/chromium",
    Args = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
var page = await browser.NewPageAsync();
await page.GotoAsync(new Uri(site, $"/runs/{id}").ToString());
await page.EvaluateAsync("""
    () => {
      window.drawn = {};
      const look = () => {
        const x = document.getElementById("loss")?.data?.[0]?.x ?? [];
        const now = performance.timeOrigin + performance.now();
        for (let i = x.length - 1; i >= 0 && !(x[i] in window.drawn); i--) window.drawn[x[i]] = now;
        requestAnimationFrame(look);
      };
      look();
    }
    """);
await page.WaitForFunctionAsync("() => document.getElementById('loss')?.data?.[0]?.x?.length === 378", null, new() { Timeout = 300_000 });
var drawn = await page.EvaluateAsync<Dictionary<string, double>>("() => window.drawn");
var printed = (await http.GetStringAsync($"/api/v1/runs/{id}/files/events.jsonl")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(RunEvent.Parse).OfType<Metrics>();
var delays = printed.Where(m => m.Step > 30).Select(m => drawn[m.Step.ToString()] - m.Time.ToUnixTimeMilliseconds()).Order().ToList(); // the first ones came while the page was loading
foreach (var hub in hubs) await hub.DisposeAsync();
Console.WriteLine(FormattableString.Invariant($"{delays.Count} points, {Watchers} watchers (each heard {heard.Min()} to {heard.Max()} events): p50 {delays[delays.Count / 2]:0} ms, p95 {delays[delays.Count * 95 / 100]:0} ms, largest {delays[^1]:0} ms"));
