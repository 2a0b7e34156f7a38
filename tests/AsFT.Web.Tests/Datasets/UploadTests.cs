using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace AsFT.Web.Tests.Datasets;

public sealed class UploadTests
{
    private static readonly byte[] TwoRows = """
        {"instruction":"a","output":"b"}
        {"instruction":"c","output":"d"}
        """u8.ToArray();

    [Fact]
    public async Task Upload_InPieces_GoesOnWhereThePieceBeforeEnded()
    {
        await using var site = await Site.StartAsync();
        var content = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 5000).Select(i => $"{{\"instruction\":\"say {i}\",\"output\":\"{i}\"}}\n")));
        var begun = await (await site.Http.PostAsJsonAsync("/api/v1/uploads", new { name = "rows.jsonl", size = content.Length })).Content.ReadFromJsonAsync<JsonNode>();
        var address = $"/api/v1/uploads/{begun!["id"]}";
        async Task<JsonNode> Send(int from, int to) => (await (await site.Http.PutAsync($"{address}?offset={from}", new ByteArrayContent(content[from..to]))).Content.ReadFromJsonAsync<JsonNode>())!;

        Assert.Equal(50_000, (long)(await Send(0, 50_000))["received"]!);
        Assert.Equal(50_000, (long)(await Send(70_000, 90_000))["received"]!); // a gap is not taken
        Assert.Equal(50_000, (long)(await Send(0, 50_000))["received"]!); // nor what is there
        var status = await Send(50_000, content.Length);
        for (; (string)status["state"]! is "receiving" or "reading"; await Task.Delay(20)) status = await site.GetAsync(address);

        Assert.Equal("done", (string)status["state"]!);
        var summary = await site.GetAsync($"/api/v1/datasets/{status["datasetId"]}");
        Assert.Equal(5000, (long)summary["rows"]!);
        Assert.Empty(System.IO.Directory.EnumerateFiles(Path.Combine(site.Directory, "uploads")));
    }

    [Fact]
    public async Task Upload_TheSameBytesTwice_AreStoredOnce()
    {
        await using var site = await Site.StartAsync();
        var first = await site.UploadAsync("one.jsonl", TwoRows);
        var second = await site.UploadAsync("two.jsonl", TwoRows);
        Assert.False((bool)first["duplicate"]!);
        Assert.True((bool)second["duplicate"]!);
        Assert.Equal((string)first["datasetId"]!, (string)second["datasetId"]!);
    }

    [Fact]
    public async Task Upload_TheSameNewFileFourTimesAtOnce_IsStoredOnceAndNeverFails()
    {
        await using var site = await Site.StartAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => site.UploadAsync($"at-once-{i}.jsonl", TwoRows)));
        Assert.Single(answers.Select(a => (string)a["datasetId"]!).Distinct());
        Assert.Equal(3, answers.Count(a => (bool)a["duplicate"]!));
    }

    [Fact]
    public async Task Upload_HalfACharacter_IsSetAside_AndABadNameIsRefused()
    {
        await using var site = await Site.StartAsync();
        var status = await site.UploadAsync("half.jsonl", [.. TwoRows, .. "\n{\"instruction\":\"a\\ud800b\",\"output\":\"x\"}\n"u8]);
        Assert.Equal(1, (long)(await site.GetAsync($"/api/v1/datasets/{status["datasetId"]}"))["setAside"]!);
        using var nameless = await site.Http.PostAsJsonAsync("/api/v1/uploads", new { size = 10 });
        Assert.Equal(HttpStatusCode.BadRequest, nameless.StatusCode);
        await site.UploadAsync(".jsonl", [.. TwoRows, (byte)'\n']);
        Assert.Contains("dataset", await Names(site));
    }

    [Theory]
    [InlineData("../../etc/passwd.jsonl", "passwd")]
    [InlineData("a%2e%2e/b.jsonl", "b")]
    [InlineData("..\\..\\windows.jsonl", "windows")]
    [InlineData("nul\0byte.jsonl", "nulbyte")]
    [InlineData("<script>alert(1)</script>.jsonl", "script>")]
    public async Task Upload_NameWithAPath_IsShownWithoutItAndNeverUsedAsOne(string name, string shown)
    {
        await using var site = await Site.StartAsync();
        var before = Files(site);
        Assert.NotNull((await site.UploadAsync(name, TwoRows))["datasetId"]);
        Assert.Contains(await Names(site), n => n == shown);
        Assert.All(Files(site).Except(before), f => Assert.Matches("^(datasets/[0-9a-f]{64}/|asft\\.db)", f));
    }

    [Theory]
    [InlineData("empty.jsonl", "", "empty")]
    [InlineData("image.png", "x", "are not read")]
    [InlineData("broken.json", "[{\"instruction\":", "no row that can be used")]
    [InlineData("latin.csv", "text,joy\ncaf\u00e9,1", null)]
    [InlineData("..", "x", "no name")]
    public async Task Upload_OfWhatIsNoDataset_IsRefusedInASentence(string name, string content, string? expected)
    {
        await using var site = await Site.StartAsync();
        var answer = await site.UploadAsync(name, expected is null ? Encoding.Latin1.GetBytes(content) : Encoding.UTF8.GetBytes(content));
        Assert.Contains(expected ?? "UTF-8", (string?)answer["detail"]);
        Assert.All(await Names(site), n => Assert.StartsWith("lab-", n)); // the shipped ones alone
    }

    [Fact]
    public async Task Upload_BadRows_AreSetAsideAndDownloadable()
    {
        await using var site = await Site.StartAsync();
        var stored = await site.UploadAsync("mixed.jsonl", """
            {"instruction":"a","output":"b"}
            {"instruction":"a"}
            {"instruction":7,"output":"b"}
            """u8.ToArray());
        var lines = (await site.Http.GetStringAsync($"/api/v1/datasets/{stored["datasetId"]}/set-aside")).Trim().Split('\n').Select(l => JsonNode.Parse(l)!).ToList();
        Assert.Equal([2, 3], lines.Select(l => (int)l["row"]!));
        Assert.Equal(["output", "instruction"], lines.Select(l => (string)l["column"]!));
    }

    [Fact]
    public async Task Upload_TheTestFiles_GivesTheirRows()
    {
        Assert.SkipWhen(Site.Shared("data") is null, "the folder of shared data is not beside this checkout");
        await using var site = await Site.StartAsync();
        var news = await site.UploadAsync("agnews_1k_p_0.1.json", await File.ReadAllBytesAsync(Site.Shared("data", "asft", "agnews_1k_p_0.1.json")!));
        Assert.Equal(1100, (long)(await site.GetAsync($"/api/v1/datasets/{news["datasetId"]}"))["rows"]!);

        var emotions = await site.UploadAsync("2018-E-c-En-train.txt", await File.ReadAllBytesAsync(Site.Shared("data", "semeval", "2018-E-c-En-train.txt")!));
        var summary = await site.GetAsync($"/api/v1/datasets/{emotions["datasetId"]}");
        Assert.Equal(6838, (long)summary["rows"]!);
        Assert.Equal(11, summary["labels"]!.AsArray().Count);
    }

    [Fact]
    public async Task Get_ChangesNothing()
    {
        await using var site = await Site.StartAsync();
        foreach (var address in new[] { "/api/v1/uploads", $"/api/v1/runs/{Guid.NewGuid()}/stop", $"/api/v1/runs/{Guid.NewGuid()}/resume" })
            Assert.Contains((await site.Http.GetAsync(address)).StatusCode, new[] { HttpStatusCode.MethodNotAllowed, HttpStatusCode.NotFound });
    }

    private static async Task<List<string>> Names(Site site) => [.. (await site.GetAsync("/api/v1/datasets")).AsArray().Select(d => (string)d!["name"]!)];

    private static HashSet<string> Files(Site site) => [.. System.IO.Directory.EnumerateFiles(site.Directory, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(site.Directory, f))];
}
