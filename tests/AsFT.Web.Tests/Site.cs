using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AsFT.Web.Tests;

/// <summary>The application as a user starts it: its own process, on a free port of this machine, with a folder of its own.</summary>
public sealed partial class Site : IAsyncDisposable
{
    private readonly Dictionary<string, string> settings;
    private readonly bool ownsDirectory;
    private Process process = null!;
    private readonly StringBuilder output = new();

    private Site(Dictionary<string, string> settings, string directory, bool ownsDirectory) =>
        (this.settings, Directory, this.ownsDirectory) = (settings, directory, ownsDirectory);

    public string Directory { get; }
    public HttpClient Http { get; private set; } = null!;
    public int ProcessId => process.Id;
    public string Output { get { lock (output) return output.ToString(); } }

    public static string Repository { get; } = FindRepository();

    /// <summary>The folder of shared material beside a checkout, where there is one.</summary>
    public static string? Shared(params string[] parts) => Path.Combine([Repository, "..", "shared", .. parts]) is var path && Path.Exists(path) ? path : null;

    public static async Task<Site> StartAsync(params (string Key, string Value)[] settings)
    {
        var given = settings.ToDictionary(s => s.Key, s => s.Value);
        var directory = given.GetValueOrDefault("Data:Directory") ?? System.IO.Directory.CreateTempSubdirectory("asft-site-").FullName;
        given["Data:Directory"] = directory;
        given.TryAdd("urls", "http://127.0.0.1:0");
        given.TryAdd("Lab:Examples", "false"); // most tests count the runs they make
        var site = new Site(given, directory, !settings.Any(s => s.Key == "Data:Directory"));
        await site.LaunchAsync();
        return site;
    }

    /// <summary>Starts it again on the same folder, as after a crash of the machine.</summary>
    /// <param name="address">where, if that matters: an open page comes back to it</param>
    public async Task RestartAsync(Uri? address = null)
    {
        if (address is not null) settings["urls"] = address.ToString();
        await LaunchAsync();
    }

    /// <summary>kill -9: nothing is written, nobody is told.</summary>
    public void Kill()
    {
        process.Kill();
        process.WaitForExit();
    }

    /// <summary>Ctrl+C.</summary>
    public void Interrupt()
    {
        using var kill = Process.Start("kill", ["-INT", process.Id.ToString()]);
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(60)), "Ctrl+C did not end the site; a shell that starts the tests in its background lets them and all they start ignore it");
    }

    /// <summary>Starts it and waits for its end, for settings with which it must not run.</summary>
    public static async Task<(int Exit, string Output)> RefusedAsync(params (string Key, string Value)[] settings)
    {
        var directory = System.IO.Directory.CreateTempSubdirectory("asft-site-");
        using var process = Launch(settings.Append(("Data:Directory", directory.FullName)));
        var texts = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        directory.Delete(recursive: true);
        return (process.ExitCode, string.Concat(texts));
    }

    public async Task<JsonNode> GetAsync(string address) => (await Http.GetFromJsonAsync<JsonNode>(address))!;

    public async Task<Guid> SubmitAsync(string specification)
    {
        using var response = await PostYamlAsync(specification);
        var answer = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.Created, answer);
        return (Guid)JsonNode.Parse(answer)!["id"]!;
    }

    public Task<HttpResponseMessage> PostYamlAsync(string specification) => Http.PostAsync("/api/v1/runs", new StringContent(specification, Encoding.UTF8, "application/yaml"));

    public async Task<JsonNode> UploadAsync(string name, byte[] content)
    {
        using var response = await Http.PostAsync($"/api/v1/datasets?name={Uri.EscapeDataString(name)}", new ByteArrayContent(content));
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
    }

    /// <summary>Waits until a run is in one of the states; fails with what it says of itself after three minutes.</summary>
    public Task<JsonNode> ReachAsync(Guid run, params string[] states) => UntilAsync(run, r => states.Contains((string)r["state"]!), string.Join(" or ", states));

    public Task<JsonNode> StepAsync(Guid run, int step) => UntilAsync(run, r => (int)r["step"]! >= step || (string)r["state"]! is "failed" or "crashed", $"step {step}");

    private async Task<JsonNode> UntilAsync(Guid run, Func<JsonNode, bool> holds, string what)
    {
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(50))
        {
            var now = await GetAsync($"/api/v1/runs/{run}");
            if (holds(now)) return now;
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(180), $"not {what} after 180 s: {now.ToJsonString()}\n{Output}");
        }
    }

    public string RunFolder(Guid run) => Path.Combine(Directory, "runs", run.ToString("N"));

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }
        process.Dispose();
        Http.Dispose();
        if (ownsDirectory) System.IO.Directory.Delete(Directory, recursive: true);
    }

    private async Task LaunchAsync()
    {
        lock (output) output.Clear();
        process = Launch(settings.Select(s => (s.Key, s.Value)));
        var ready = new TaskCompletionSource<string>();
        void Take(object _, DataReceivedEventArgs e)
        {
            lock (output) output.AppendLine(e.Data);
            if (e.Data is not null && Ready().Match(e.Data) is { Success: true } m) ready.TrySetResult(m.Groups[1].Value);
        }
        process.OutputDataReceived += Take;
        process.ErrorDataReceived += Take;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var first = await Task.WhenAny(ready.Task, process.WaitForExitAsync(), Task.Delay(TimeSpan.FromSeconds(60)));
        Assert.True(first == ready.Task, $"the site did not start:\n{Output}");
        Http = new HttpClient { BaseAddress = new(await ready.Task), Timeout = TimeSpan.FromSeconds(60) };
    }

    private static Process Launch(IEnumerable<(string Key, string Value)> settings)
    {
        var configuration = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.ArgumentList.Add(Path.Combine(Repository, "src", "AsFT.Web", "bin", configuration, "net10.0", "AsFT.Web.dll"));
        foreach (var (key, value) in settings) start.ArgumentList.Add($"--{key}={value}");
        return Process.Start(start)!;
    }

    private static string FindRepository()
    {
        for (var d = new DirectoryInfo(AppContext.BaseDirectory); ; d = d.Parent!)
            if (File.Exists(Path.Combine(d.FullName, "AsFT.Web.sln"))) return d.FullName;
    }

    [GeneratedRegex(@"AsFT is ready at (http://\S+)")]
    private static partial Regex Ready();
}
