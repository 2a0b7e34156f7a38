using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace AsFT.Web.Tests.Lab;

public sealed class TournamentImportTests
{
    /// <summary>What the command line left becomes ordinary runs, once, with the same scores; one of them is repeated and gives the same curve.</summary>
    [Fact]
    public async Task Import_OfACommandLineTournament_MakesOrdinaryRunsThatCanBeRepeated()
    {
        var folder = Directory.CreateTempSubdirectory("asft-import-");
        await File.WriteAllBytesAsync(Path.Combine(folder.FullName, "few.jsonl"), SmallTournament.Few);
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "spec.yaml"), SmallTournament.Text("seeds: 1\nselection_seeds: 1", train: "few.jsonl"));
        var output = Path.Combine(folder.FullName, "out");
        await TrainerAsync("lab", "tournament", Path.Combine(folder.FullName, "spec.yaml"), "--lab", Path.Combine(Site.Repository, "lab"), "--out", output);
        await TrainerAsync("lab", "pack", output, "--no-answers", "--out", Path.Combine(folder.FullName, "all.zip"));
        var archive = await File.ReadAllBytesAsync(Path.Combine(folder.FullName, "all.zip"));

        await using var site = await SmallTournament.SiteAsync();
        var id = await ImportAsync(site, archive);
        Assert.Equal(id, await ImportAsync(site, archive));
        var tournament = await site.GetAsync($"/api/v1/tournaments/{id}");
        Assert.Equal(("completed", 3), ((string)tournament["state"]!, tournament["runs"]!.AsArray().Count));
        Assert.Equal(3, (await site.GetAsync("/api/v1/runs")).AsArray().Count);
        var result = await site.GetAsync($"/api/v1/tournaments/{id}/result");
        Assert.Equal(3, result["cells"]!.AsArray().Count);

        var first = tournament["runs"]!.AsArray()[0]!;
        var run = await site.GetAsync($"/api/v1/runs/{first["id"]}");
        Assert.Equal(("completed", "tournament:small imported"), ((string)run["state"]!, (string)run["tags"]!));
        Assert.True(File.Exists(Path.Combine(site.RunFolder((Guid)first["id"]!), "adapter", "adapter_model.safetensors")));
        Assert.False(Directory.Exists(Path.Combine(site.RunFolder((Guid)first["id"]!), "answers")));
        using var repeat = await site.Http.PostAsync($"/api/v1/runs/{first["id"]}/repeat", null);
        Assert.Equal(HttpStatusCode.Created, repeat.StatusCode);
        var again = (Guid)JsonNode.Parse(await repeat.Content.ReadAsStringAsync())!["id"]!;
        await site.ReachAsync(again, "completed", "failed");
        Assert.Contains("losses and scores are the same to the last digit", await site.Http.GetStringAsync($"/runs/{again}"));
        using (var deleted = await site.Http.DeleteAsync($"/api/v1/tournaments/{id}")) Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Equal(id, await ImportAsync(site, archive)); // deleted, and brought back by whoever has the archive
        Assert.Equal(3, (await site.GetAsync($"/api/v1/tournaments/{id}"))["runs"]!.AsArray().Count);
        folder.Delete(recursive: true);
    }

    /// <summary>A new installation shows a finished tournament and a basin; a deleted run does not come back with the next start.</summary>
    [Fact]
    public async Task FirstStart_ShowsAFinishedTournamentAndABasin_AndTakesThemOverOnce()
    {
        await using var site = await Site.StartAsync(("Lab:Examples", "true"));
        var id = (Guid)Assert.Single((await site.GetAsync("/api/v1/tournaments")).AsArray())!["id"]!;
        var tournament = await site.GetAsync($"/api/v1/tournaments/{id}");
        Assert.Equal("completed", (string)tournament["state"]!);
        Assert.Equal((int)tournament["total"]!, tournament["runs"]!.AsArray().Count);
        var runs = (await site.GetAsync("/api/v1/runs")).AsArray();
        Assert.All(runs, r => Assert.Equal("completed", (string)r!["state"]!));
        var basin = Assert.Single(runs, r => (string)r!["specification"]!["task"]! == "basin")!;
        Assert.Contains("harm", basin["specification"]!["basin"]!["directions"]!.ToJsonString());
        var home = await site.Http.GetStringAsync("/");
        Assert.Contains($"/lab/tournaments/{tournament["id"]}", home);
        Assert.Contains($"/runs/{basin["id"]}", home);
        Assert.Contains("against SFT", WebUtility.HtmlDecode(await site.Http.GetStringAsync($"/lab/tournaments/{tournament["id"]}")));
        var names = References(runs).ToList();
        Assert.All(names, n => Assert.Matches("@sha256:[0-9a-f]{64}$|^[0-9a-f-]{36}$", n)); // nothing of the machine where they were made

        using (var deleted = await site.Http.DeleteAsync($"/api/v1/runs/{tournament["runs"]![0]!["id"]}")) Assert.True(deleted.IsSuccessStatusCode);
        site.Kill();
        await site.RestartAsync();
        Assert.Equal(runs.Count - 1, (await site.GetAsync("/api/v1/runs")).AsArray().Count);
        Assert.True((bool)(await site.GetAsync($"/api/v1/tournaments/{id}"))["canGoOn"]!); // the missing run can be run anew

        using (var deleted = await site.Http.DeleteAsync($"/api/v1/tournaments/{id}")) Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        site.Kill();
        await site.RestartAsync();
        Assert.Empty((await site.GetAsync("/api/v1/tournaments")).AsArray());
        Assert.Equal(runs.Count - tournament["runs"]!.AsArray().Count, (await site.GetAsync("/api/v1/runs")).AsArray().Count); // the basin and the runs it names stay
    }

    /// <summary>The shipped runs can be run again here: what they name is what is shipped.</summary>
    [Fact]
    public async Task RunOfTheExamples_Repeated_NamesTheShippedModelsAndData()
    {
        await using var site = await Site.StartAsync(("Lab:Examples", "true"));
        foreach (var run in (await site.GetAsync("/api/v1/runs")).AsArray())
        {
            using var repeat = await site.Http.PostAsync($"/api/v1/runs/{run!["id"]}/repeat", null);
            Assert.True(repeat.StatusCode == HttpStatusCode.Created, await repeat.Content.ReadAsStringAsync());
            using var stop = await site.Http.PostAsync($"/api/v1/runs/{(string)JsonNode.Parse(await repeat.Content.ReadAsStringAsync())!["id"]!}/stop", null);
        }
    }

    /// <summary>One of them, to its end: its page compares every step. On the kind of processor that made the shipped ones all digits are the same; others may round otherwise.</summary>
    [Fact]
    public async Task RunOfTheExamples_RepeatedToItsEnd_IsComparedAtEveryStep()
    {
        await using var site = await Site.StartAsync(("Lab:Examples", "true"));
        var first = (await site.GetAsync("/api/v1/runs")).AsArray().First(r => (string?)r!["specification"]!["method"]?["kind"] == "asft" && r["tournamentId"] is not null)!;
        using var repeat = await site.Http.PostAsync($"/api/v1/runs/{first["id"]}/repeat", null);
        var again = (Guid)JsonNode.Parse(await repeat.Content.ReadAsStringAsync())!["id"]!;
        var run = await site.ReachAsync(again, "completed", "failed");
        Assert.Equal("completed", (string)run["state"]!);
        var page = WebUtility.HtmlDecode(await site.Http.GetStringAsync($"/runs/{again}"));
        Assert.Matches($"at all {run["steps"]} common steps, (losses and scores are the same to the last digit|the loss differs by at most (0\\.0|[0-9.]+e-))", page);
        TestContext.Current.SendDiagnosticMessage(page.Contains("the same to the last digit") ? "the shipped run was repeated to the last digit" : "the shipped run was repeated with small differences: another kind of processor");
    }

    private static IEnumerable<string> References(JsonArray runs) => runs.Select(r => r!["specification"]!).SelectMany(s => new[]
    {
        (string?)s["model"]!["aligned"], (string?)s["model"]!["base"], (string?)s["evaluation"]!["harmful_prompts"], (string?)s["basin"]?["harmful_run"], (string?)s["basin"]?["path_run"],
    }).OfType<string>().Where(n => n.Length > 0);

    [Fact]
    public async Task Import_OfWhatIsNoTournament_SaysWhatToTake()
    {
        await using var site = await Site.StartAsync();
        Assert.Contains("no zip archive", await RefusalAsync(site, "not a zip"u8.ToArray()));
        Assert.Contains("holds no tournament.yaml", await RefusalAsync(site, Zip(("readme.txt", ""))));
        Assert.Contains("name no plain fine-tuning to compare with", await RefusalAsync(site, Zip(("tournament.yaml", SmallTournament.Text().Replace("- {name: SFT, settings: {method.kind: sft}}\n", "")))));
        Assert.Contains("take 1 to 100", await RefusalAsync(site, Zip(("tournament.yaml", SmallTournament.Text("seeds: 1000000000")))));
        Assert.Contains("damaged", await RefusalAsync(site, Zip(("tournament.yaml", SmallTournament.Text()), ("../../outside.txt", "x"))));
        Assert.Contains("damaged", await RefusalAsync(site, Zip(("tournament.yaml", SmallTournament.Text()), ("others/one/events.jsonl", ""))));
        Assert.False(File.Exists(Path.Combine(site.Directory, "outside.txt")));
        Assert.Empty((await site.GetAsync("/api/v1/tournaments")).AsArray());
        Assert.Empty((await site.GetAsync("/api/v1/runs")).AsArray());
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(site.Directory, "uploads")));
    }

    private static byte[] Zip(params (string Name, string Content)[] files)
    {
        using var archive = new MemoryStream();
        using (var zip = new ZipArchive(archive, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, content) in files)
            {
                using var writer = new StreamWriter(zip.CreateEntry(name).Open());
                writer.Write(content);
            }
        return archive.ToArray();
    }

    private static async Task<Guid> ImportAsync(Site site, byte[] archive)
    {
        using var response = await site.Http.PostAsync("/api/v1/tournaments/import", new ByteArrayContent(archive));
        var answer = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.Created, answer);
        return (Guid)JsonNode.Parse(answer)!["id"]!;
    }

    private static async Task<string> RefusalAsync(Site site, byte[] archive)
    {
        using var response = await site.Http.PostAsync("/api/v1/tournaments/import", new ByteArrayContent(archive));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }

    private static async Task TrainerAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(AsFT.Web.Shared.AppPaths.Trainer(), arguments) { RedirectStandardError = true, RedirectStandardOutput = true, StandardErrorEncoding = Encoding.UTF8 })!;
        var texts = await Task.WhenAll(process.StandardError.ReadToEndAsync(), process.StandardOutput.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, string.Concat(texts));
    }
}
