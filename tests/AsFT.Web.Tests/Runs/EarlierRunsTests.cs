using System.Net;
using System.Text.Json.Nodes;
using AsFT.Experiments.Specification;
using AsFT.Web.Runs.Setup;

namespace AsFT.Web.Tests.Runs;

public sealed class EarlierRunsTests
{
    private static string Small(string name, string after = "", string model = "lab-aligned", string more = Specifications.SmallEvaluation) => Specifications.Short(train: "few", more: more)
        .Replace("name: short", "name: " + name).Replace("{aligned: lab-aligned, base: lab-base}", $"{{aligned: {model}, after: '{after}'}}");

    [Fact]
    public async Task Submit_AfterAFinishedRun_TakesItsIdOrName_AndBeginsWithItsAnswers()
    {
        await using var site = await SiteAsync();
        var first = await RunAsync(site, Small("first"));
        var byName = await RunAsync(site, Small("second", "first"));
        Assert.Equal(first.ToString(), (string)(await site.GetAsync($"/api/v1/runs/{byName}"))["specification"]!["model"]!["after"]!);
        var third = await RunAsync(site, Small("''", byName.ToString())); // on top of both
        Assert.Equal("Plain fine-tuning lab-aligned after second", (string)(await site.GetAsync($"/api/v1/runs/{third}"))["name"]!);
        Assert.Equal(Answers(site, first, 3), Answers(site, byName, 0));
        Assert.Equal(Answers(site, byName, 3), Answers(site, third, 0));

        var goesOn = await site.SubmitAsync(Small("long", first.ToString(), more: "").Replace("epochs: 1", "epochs: 2000"));
        using (var kept = await site.Http.DeleteAsync($"/api/v1/runs/{first}")) Assert.Equal(System.Net.HttpStatusCode.Conflict, kept.StatusCode); // as long as it is needed
        await site.Http.PostAsync($"/api/v1/runs/{goesOn}/stop", null);
        await site.ReachAsync(goesOn, "stopped");
        using (var gone = await site.Http.DeleteAsync($"/api/v1/runs/{first}")) Assert.True(gone.IsSuccessStatusCode);
        await RefusedAsync(site, Small("fourth", byName.ToString()), $"there is no run '{first}' (any more)");
    }

    [Fact]
    public async Task Submit_AfterWhatIsNoFinishedRunOfTheModel_SaysWhatToDo()
    {
        await using var site = await SiteAsync();
        await RefusedAsync(site, Small("x", "nothing"), "there is no run 'nothing'");
        await RefusedAsync(site, Small("x", Guid.Empty.ToString()), "choose a finished one");
        await RunAsync(site, Small("twin", more: ""));
        await RefusedAsync(site, Small("x", "twin", model: "lab-base"), "'twin' trained lab-aligned, which is another model than lab-base");
        await RunAsync(site, Small("twin", more: ""));
        await RefusedAsync(site, Small("x", "twin"), "2 finished runs are named 'twin'; give the id");
        var failed = await site.SubmitAsync(Small("wild", more: "lora: {alpha: 1e6}\nschedule: {kind: constant}").Replace("learning_rate: 1e-3", "learning_rate: 10").Replace("epochs: 1", "epochs: 9"));
        await site.ReachAsync(failed, "diverged", "failed", "completed");
        await RefusedAsync(site, Small("x", "wild"), "names 'wild', which diverged; resume it");
        await site.UploadAsync("moods.csv", System.Text.Encoding.UTF8.GetBytes(LabelledTexts.Csv(40, seed: 1)));
        var classifier = await site.SubmitAsync("name: moods\ntask: classification\nclassifier: {form: first_token, layers: 1, width: 16, vocabulary: 300}\ndata: {train: [moods], max_length: 16}\ntraining: {epochs: 1}");
        await RefusedAsync(site, Small("x", classifier.ToString()), "which is no fine-tune");
        var waiting = await site.SubmitAsync(Small("long", more: "").Replace("epochs: 1", "epochs: 2000"));
        await RefusedAsync(site, Small("x", waiting.ToString()), "which is not over yet");
    }

    [Fact]
    public void Choices_OfASettingForARun_AreIdsThatReadAsNames()
    {
        var id = Guid.Parse("0190aaaa-bbbb-7ccc-8ddd-eeeeff123456");
        var choices = new SettingChoices(["m"], ["d"], new Dictionary<string, string> { [id.ToString()] = EarlierRuns.Words("demo", id) });
        Setting Of(string name) => new("model." + name.ToLowerInvariant(), typeof(ModelOptions).GetProperty(name)!);
        Assert.Equal([id.ToString()], choices.Of(Of("After")));
        Assert.Equal(["m"], choices.Of(Of("Aligned")));
        Assert.Equal("demo (…123456)", choices.Words(id.ToString()));
        Assert.Equal("gone", choices.Words("gone"));
    }

    private static async Task<Site> SiteAsync()
    {
        var site = await Site.StartAsync();
        await site.UploadAsync("few.jsonl", System.Text.Encoding.UTF8.GetBytes(string.Join('\n', File.ReadLines(Path.Combine(Site.Repository, "lab", "datasets", "lab-train.jsonl")).Take(48))));
        return site;
    }

    private static async Task<Guid> RunAsync(Site site, string specification)
    {
        var id = await site.SubmitAsync(specification);
        var run = await site.ReachAsync(id, "completed", "failed", "crashed");
        Assert.True((string)run["state"]! == "completed", run.ToJsonString());
        return id;
    }

    private static async Task RefusedAsync(Site site, string specification, string expected)
    {
        using var response = await site.PostYamlAsync(specification);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(expected, (string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["errors"]!["model.after"]![0]!);
    }

    private static string[] Answers(Site site, Guid run, int step) => File.ReadAllLines(Path.Combine(site.RunFolder(run), "answers", $"step-{step:D6}.jsonl"));
}
