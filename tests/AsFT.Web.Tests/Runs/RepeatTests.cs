using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using AsFT.Web.Runs;

namespace AsFT.Web.Tests.Runs;

public sealed class RepeatTests
{
    [Fact]
    public async Task Repeat_OfATinyRun_IsTheSameToTheLastDigit()
    {
        await using var site = await Site.StartAsync();
        var first = await site.SubmitAsync(Specifications.Short(method: "asft", more: Specifications.SmallEvaluation));
        await site.ReachAsync(first, "completed");
        using var response = await site.Http.PostAsync($"/api/v1/runs/{first}/repeat", null);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var again = (Guid)(await response.Content.ReadFromJsonAsync<JsonNode>())!["id"]!;
        var run = await site.ReachAsync(again, "completed", "failed");
        Assert.Equal("repeat:" + first, (string)run["tags"]!);
        Assert.Equal((string)(await site.GetAsync($"/api/v1/runs/{first}"))["hash"]!, (string)run["hash"]!);
        var page = WebUtility.HtmlDecode(await site.Http.GetStringAsync($"/runs/{again}"));
        Assert.Contains($"Repeats <a href=\"/runs/{first}\">short (…{first.ToString("N")[^6..]})</a>: at all 63 common steps, losses and scores are the same to the last digit.", page);
        Assert.DoesNotContain("Repeats", await site.Http.GetStringAsync($"/runs/{first}"));
        Assert.Equal(HttpStatusCode.NotFound, (await site.Http.PostAsync($"/api/v1/runs/{Guid.NewGuid()}/repeat", null)).StatusCode);
    }

    [Fact]
    public async Task Repeat_OfARunWhoseDataIsGone_SaysSo()
    {
        await using var site = await Site.StartAsync();
        var stored = await site.UploadAsync("gone.jsonl", """{"instruction":"a","output":"b"}"""u8.ToArray());
        var first = await site.SubmitAsync(Specifications.Short(train: "gone"));
        await site.ReachAsync(first, "completed");
        await site.Http.DeleteAsync($"/api/v1/datasets/{stored["datasetId"]}");
        using var response = await site.Http.PostAsync($"/api/v1/runs/{first}/repeat", null);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("data.train[0]", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public void Comparison_OfTheSameCurves_IsTheSameToTheLastDigit()
    {
        Series[] curves = [Curve("loss/total", 1, 3.5, 2.25, 1.125), Curve("eval/harmful", 0, 0.1, 0.2)];
        var same = RepeatComparison.Of(curves, [.. curves, Curve("lr", 1, 1e-3)]);
        Assert.Equal("at all 3 common steps, losses and scores are the same to the last digit.", same.Sentence);
        var begun = RepeatComparison.Of(curves, [Curve("loss/total", 1, 3.5)]);
        Assert.Equal("at the one common step, losses and scores are the same to the last digit.", begun.Sentence);
        Assert.Equal("no step is common to both yet.", RepeatComparison.Of(curves, []).Sentence);
    }

    [Fact]
    public void Comparison_OfOtherNumbers_TellsTheLargestDifferenceAndTheScoresThatDiffer()
    {
        Series[] first = [Curve("loss/task", 1, 3, 2, 1), Curve("eval/harmful", 0, 0, 0.25), Curve("eval/harmful_low", 0, 0, 0.2), Curve("eval/accuracy", 0, 0, 0.5)];
        var harm = RepeatComparison.Of(first, [Curve("loss/task", 1, 3, 2.5, 1.25), Curve("eval/harmful", 0, 0, 0.5), Curve("eval/harmful_low", 0, 0, 0.4), Curve("eval/accuracy", 0, 0, 0.5)]);
        Assert.Equal("at all 3 common steps, the loss differs by at most 0.5, and of the last common scores (step 1) Harmful differs by 0.25.", harm.Sentence);
        var hair = RepeatComparison.Of(first, [Curve("loss/task", 1, 3, 2 + Math.Pow(2, -20)), Curve("eval/harmful", 0, 0, 0.25), Curve("eval/accuracy", 0, 0, 0.5)]);
        Assert.Equal("at all 2 common steps, the loss differs by at most 9.54e-7, and the last common scores (step 1) are equal.", hair.Sentence); // 2⁻²⁰ = 9.5367e-7
        Assert.EndsWith("; both were not evaluated at the same step yet.", RepeatComparison.Of(first, [Curve("loss/task", 1, 2)]).Sentence);
    }

    [Theory]
    [InlineData("repeat:0190aaaa-bbbb-7ccc-8ddd-eeeeff123456", true)]
    [InlineData("mine repeat:0190aaaa-bbbb-7ccc-8ddd-eeeeff123456 good", true)]
    [InlineData("repeat:me", false)]
    [InlineData("norepeat:0190aaaa-bbbb-7ccc-8ddd-eeeeff123456", false)]
    [InlineData("", false)]
    public void Of_Tags_FindsTheRunThatIsRepeated(string tags, bool found) =>
        Assert.Equal(found ? Guid.Parse("0190aaaa-bbbb-7ccc-8ddd-eeeeff123456") : null, RepeatComparison.Of(tags));

    private static Series Curve(string name, int from, params double[] values) => new(name, [.. values.Select((_, i) => from + i)], [.. values.Select((_, i) => (double)i)], values);
}
