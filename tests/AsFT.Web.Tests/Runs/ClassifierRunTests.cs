using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using AsFT.Experiments.Events;

namespace AsFT.Web.Tests.Runs;

public sealed class ClassifierRunTests
{
    private static string Specification(string more = "", string dev = "dev") => $$"""
        task: classification
        data: {train: [train], max_length: 24}
        classifier: {layers: 1, width: 32, vocabulary: 300, dropout: 0, head_learning_rate: 5e-3}
        loss: {kind: scl, alpha: 0.01}
        optimiser: {learning_rate: 5e-3}
        scoring: {dev: {{dev}}, test: test}
        training: {epochs: 12, batch_size: 16, patience: 0}
        {{more}}
        """;

    private static async Task<Site> StartAsync()
    {
        var site = await Site.StartAsync();
        foreach (var (name, count, seed) in new[] { ("train", 160, 1), ("dev", 40, 2), ("test", 40, 3) }) await site.UploadAsync(name + ".csv", Encoding.UTF8.GetBytes(LabelledTexts.Csv(count, seed)));
        return site;
    }

    /// <summary>The whole circle over HTTP: learn, predict, become a judge, and judge a language model's run by its name.</summary>
    [Fact]
    public async Task Run_OfClassification_CanPredict_AndBecomeAJudge()
    {
        await using var site = await StartAsync();
        var id = await site.SubmitAsync(Specification());
        var run = await site.ReachAsync(id, "completed", "failed");
        Assert.Equal("completed", (string)run["state"]!);
        Assert.Equal("SCL train", (string)run["name"]!);
        var summary = await site.GetAsync($"/api/v1/runs/{id}/summary");
        Assert.True((double)summary["test/f1_macro"]!["final"]! > 0.9);
        Assert.NotNull(summary["f1/anger"]);
        Assert.Contains(",f1/anger,", (await site.Http.GetStringAsync($"/api/v1/runs/{id}/metrics.csv")).Split('\n')[0]);

        using var predicted = await site.Http.PostAsync($"/api/v1/runs/{id}/predict?name=new.csv", new StringContent("text\nthe day was rage again\n"));
        Assert.StartsWith("text,labels,cut,anger,joy,fear\nthe day was rage again,anger,no,0.", await predicted.Content.ReadAsStringAsync());
        using var unreadable = await site.Http.PostAsync($"/api/v1/runs/{id}/predict?name=new.csv", new StringContent("words\nrage\n"));
        Assert.Equal(HttpStatusCode.BadRequest, unreadable.StatusCode);
        Assert.Contains("is named as a text", await unreadable.Content.ReadAsStringAsync());

        var datasets = (await site.GetAsync("/api/v1/datasets")).AsArray().ToDictionary(d => (string)d!["name"]!, d => (Guid)d!["id"]!);
        var scores = (await site.Http.GetStringAsync($"/api/v1/runs/{id}/scores.csv?dataset={datasets["test"]}")).Trim().Split('\n');
        Assert.Equal(8, scores.Length);
        Assert.Equal((double)summary["test/f1_macro"]!["final"]!, double.Parse(scores[4].Split(',')[3], System.Globalization.CultureInfo.InvariantCulture), 1e-6); // the run's own figure
        using var unlabelled = await site.Http.GetAsync($"/api/v1/runs/{id}/scores.csv?dataset={datasets["lab-train"]}");
        Assert.Contains("holds no texts with labels", await unlabelled.Content.ReadAsStringAsync());

        using var promoted = await site.Http.PostAsJsonAsync($"/api/v1/runs/{id}/judge", new { name = "harm", harm = new[] { "anger", "fear" }, threshold = 0.5, reads = "answer", validation = "test" });
        Assert.True(promoted.IsSuccessStatusCode, await promoted.Content.ReadAsStringAsync());
        await site.Http.DeleteAsync($"/api/v1/runs/{id}"); // the judge has files of its own
        var judged = await site.SubmitAsync(Specifications.Short(more: "evaluation: {harmful_prompts: lab-harmful, harmful_limit: 4, harmful_new_tokens: 24}\njudge: {form: classifier, model: harm}"));
        var last = await site.ReachAsync(judged, "completed", "failed");
        Assert.Equal("completed", (string)last["state"]!);
        Assert.StartsWith("harm@sha256:", (string)last["specification"]!["judge"]!["model"]!);
        var evaluation = EventLog.Read(Path.Combine(site.RunFolder(judged), "events.jsonl")).OfType<Evaluation>().Last();
        Assert.Contains("harmful if anger or fear above 0.5", evaluation.Protocol["judge"]);
        Assert.Contains("eval/harmful_corrected", evaluation.Values.Keys);
    }

    [Fact]
    public async Task Submit_WhatCannotBeLearnt_IsRefusedBeforeItIsQueued()
    {
        await using var site = await StartAsync();
        await site.UploadAsync("strange.csv", "text,anger,surprise\nrage,1,0\nhm,0,1\n"u8.ToArray());
        foreach (var (text, path, problem) in new[]
        {
            (Specification(dev: "strange"), "scoring.dev", "has the label 'surprise', which the training rows do not have"),
            (Specification().Replace("[train]", "[lab-train]"), "data.train[0]", "holds no labels"),
            (Specification().Replace("classifier: {", "classifier: {encoder: lab-base, "), "classifier.encoder", "take the form last_token"),
            (Specification().Replace("dropout: 0,", "dropout: 0, label_words: ['rage=ira'],"), "classifier.label_words[0]", "names the label 'rage'"),
        })
        {
            using var response = await site.PostYamlAsync(text);
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            Assert.Contains(problem, (string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["errors"]![path]![0]!);
        }
    }

    [Theory]
    [InlineData("anger", "nowhere", "there is no dataset 'nowhere'")]
    [InlineData("rage", "test", "the classifier has no label 'rage'")]
    [InlineData("anger", "lab-train", "holds no texts with labels")]
    public async Task Promote_WhatCannotBe_SaysWhy(string harm, string validation, string problem)
    {
        await using var site = await StartAsync();
        var id = await site.SubmitAsync(Specification().Replace("epochs: 12", "epochs: 1"));
        await site.ReachAsync(id, "completed", "failed");
        using var promoted = await site.Http.PostAsJsonAsync($"/api/v1/runs/{id}/judge", new { name = "harm", harm = new[] { harm }, threshold = 0.5, reads = "answer", validation });
        Assert.Equal(HttpStatusCode.BadRequest, promoted.StatusCode);
        Assert.Contains(problem, await promoted.Content.ReadAsStringAsync());
        Assert.Empty(Directory.EnumerateDirectories(Path.Combine(site.Directory, "judges")));
        using var unpromoted = await site.PostYamlAsync(Specifications.Short(more: "evaluation: {harmful_prompts: lab-harmful}\njudge: {form: classifier, model: lab-base}"));
        Assert.Contains("classifier.json is missing", await unpromoted.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Promote_HalfABody_SaysWhatIsMissing()
    {
        await using var site = await StartAsync();
        var id = await TrainedAsync(site, Specification());
        foreach (var (body, problem) in new[]
        {
            ("{}", "name at least one label that is harm"),
            ("""{"name": "x", "harm": [], "validation": "test"}""", "name at least one label that is harm"),
            ("""{"name": "x", "harm": [null], "validation": "test"}""", "the classifier has no label ''"),
            ("""{"harm": ["anger"], "validation": "test"}""", "give the model a name"),
            ("""{"name": "x", "harm": ["anger"]}""", "choose the texts on which the judge is tried"),
            ("""{"name": "x", "harm": ["anger"], "threshold": 1, "validation": "test"}""", "the threshold is 1; take more than 0 and less than 1"),
        })
        {
            using var response = await site.Http.PostAsync($"/api/v1/runs/{id}/judge", new StringContent(body, Encoding.UTF8, "application/json"));
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            Assert.Contains(problem, (string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["detail"]!);
        }
    }

    /// <summary>Names are people's; a command line has options and files of options.</summary>
    [Fact]
    public async Task Promote_NamesThatLookLikeOptions_AreNames_AndForgettingTheJudgeFreesItsFolder()
    {
        await using var site = await Site.StartAsync();
        foreach (var (name, seed) in new[] { ("@words", 1), ("-dev", 2), ("--out", 3) }) await site.UploadAsync(name + ".csv", Encoding.UTF8.GetBytes(LabelledTexts.Csv(60, seed).Replace("anger,joy", "--with-question,@words")));
        var id = await TrainedAsync(site, Specification(dev: "-dev").Replace("[train]", "['@words']").Replace(", test: test", "").Replace("classifier: {", "classifier: {form: first_token, "));
        using var scores = await site.Http.GetAsync($"/api/v1/runs/{id}/scores.csv?dataset={(Guid)(await site.GetAsync("/api/v1/datasets")).AsArray().Single(d => (string)d!["name"]! == "-dev")!["id"]!}");
        Assert.True(scores.IsSuccessStatusCode, await scores.Content.ReadAsStringAsync());
        using var promoted = await site.Http.PostAsJsonAsync($"/api/v1/runs/{id}/judge", new { name = "@judge", harm = new[] { "--with-question", "@words" }, validation = "--out" });
        var model = JsonNode.Parse(await promoted.Content.ReadAsStringAsync())!;
        Assert.True(promoted.IsSuccessStatusCode, model.ToJsonString());
        var judge = JsonNode.Parse(File.ReadAllText(Path.Combine((string)model["directory"]!, "judge.json")))!;
        Assert.Equal(["--with-question", "@words"], judge["harm"]!.AsArray().Select(h => (string)h!));
        Assert.Equal(("answer", "--out"), ((string)judge["reads"]!, (string)judge["validation"]!["dataset"]!));
        await site.Http.DeleteAsync($"/api/v1/models/{(Guid)model["id"]!}");
        Assert.Empty(Directory.EnumerateDirectories(Path.Combine(site.Directory, "judges")));
    }

    [Fact]
    public async Task Predict_ALongFile_ComesWhole_OrIsRefusedWhole()
    {
        await using var site = await StartAsync();
        var id = await TrainedAsync(site, Specification());
        var texts = "text\n" + string.Concat(Enumerable.Range(0, 1500).Select(i => $"rage {i}\n"));
        Task<HttpResponseMessage> Ask(string body) => site.Http.PostAsync($"/api/v1/runs/{id}/predict?name=new.csv", new StringContent(body));
        var answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Ask(texts))); // the third waits for a place
        foreach (var answer in answers) Assert.Equal(1501, (await answer.Content.ReadAsStringAsync()).Trim().Split('\n').Length);
        using var refused = await Ask(texts + "one,too many\n"); // before the first answer
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("Row 1501: ", await refused.Content.ReadAsStringAsync());
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(site.Directory, "uploads")));
    }

    private static async Task<Guid> TrainedAsync(Site site, string specification)
    {
        var id = await site.SubmitAsync(specification.Replace("epochs: 12", "epochs: 1"));
        Assert.Equal("completed", (string)(await site.ReachAsync(id, "completed", "failed"))["state"]!);
        return id;
    }
}
