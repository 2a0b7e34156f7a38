using System.Text;
using AsFT.Web.Tests;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AsFT.Browser.Tests;

public sealed class ClassifierTests(Browser browser)
{
    private const float Soon = 30_000;

    /// <summary>From an uploaded file to a judge: train, watch, look at the map, try a text, promote, and name the judge in a run with AsFT.</summary>
    [Fact]
    public async Task Classifier_FromUploadToJudge()
    {
        await using var site = await Site.StartAsync();
        await using var visit = await browser.OpenAsync(site);
        var page = visit.Page;
        await site.UploadAsync("moods.csv", Encoding.UTF8.GetBytes(LabelledTexts.Csv(200, 1)));
        await site.UploadAsync("moods-test.csv", Encoding.UTF8.GetBytes(LabelledTexts.Csv(40, 3)));

        await visit.GoAsync("/runs/new?train=moods");
        await Expect(visit.Button("Start")).ToBeEnabledAsync(new() { Timeout = Soon });
        await Expect(page.GetByRole(AriaRole.Group, new() { Name = "classifier", Exact = true })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Group, new() { Name = "method", Exact = true })).ToHaveCountAsync(0); // only what the task needs
        await Expect(page.GetByRole(AriaRole.Group, new() { Name = "lora", Exact = true })).ToHaveCountAsync(0);
        foreach (var (label, value) in new[] { ("width", "32"), ("vocabulary", "300"), ("head learning rate", "0.005"), ("learning rate", "0.005"), ("epochs", "14"), ("max length", "24"), ("patience", "0") }) await page.GetByLabel(label, new() { Exact = true }).First.FillAsync(value);
        await page.Keyboard.PressAsync("Tab");
        await visit.PictureAsync("7-new-classifier");
        await visit.IsAccessibleAsync();
        await visit.Button("Start").ClickAsync();

        await Expect(page.GetByText("completed", new() { Exact = true })).ToBeVisibleAsync(new() { Timeout = 180_000 });
        await Expect(page.GetByRole(AriaRole.Table, new() { Name = "Scores of each label on dev" })).ToContainTextAsync("anger", new() { Timeout = Soon });
        await page.WaitForFunctionAsync("() => document.getElementById('scores').data[0].x.length >= 14 && document.getElementById('label-f1').data[0].x.length >= 14 && document.getElementById('anchors').data[0].x.length > 20", null, new() { Timeout = Soon });
        await page.WaitForFunctionAsync("() => document.getElementById('map-after')?.data?.length > 1", null, new() { Timeout = Soon });
        await page.GetByLabel("Colour by").SelectOptionAsync("has joy");
        await page.WaitForFunctionAsync("() => document.getElementById('map-after')?.data?.length === 2", null, new() { Timeout = Soon });

        await page.GetByRole(AriaRole.Region, new() { Name = "After training" }).GetByText("Table", new() { Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Table, new() { Name = "After training as a table" })).ToContainTextAsync("has joy");

        await page.GetByLabel("Text", new() { Exact = true }).FillAsync("the day was rage again");
        await visit.Button("Give labels").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Table, new() { Name = "Labels of the text" }).GetByRole(AriaRole.Row, new() { Name = "anger" })).ToContainTextAsync("yes", new() { Timeout = 60_000 });
        var download = await page.RunAndWaitForDownloadAsync(() => page.SetInputFilesAsync("#predict-file", new FilePayload { Name = "new.csv", MimeType = "text/csv", Buffer = "text\nwe went smile\n"u8.ToArray() }), new() { Timeout = 60_000 });
        Assert.Contains("we went smile,joy,", await File.ReadAllTextAsync(await download.PathAsync()));

        var score = page.GetByRole(AriaRole.Region, new() { Name = "Score it on other texts" });
        await score.GetByLabel("Texts").SelectOptionAsync("moods-test");
        await visit.Button("Score").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Table, new() { Name = "Scores on other texts" })).ToContainTextAsync("macro F1", new() { Timeout = 60_000 });
        Assert.StartsWith("data:text/csv;charset=utf-8,label%2Cprecision", await score.GetByRole(AriaRole.Link, new() { Name = "CSV" }).GetAttributeAsync("href"));

        foreach (var label in new[] { "anger", "fear" }) await page.GetByRole(AriaRole.Group, new() { Name = "Labels that are harm" }).GetByLabel(label).CheckAsync();
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("mood judge");
        await page.GetByLabel("Tried on").SelectOptionAsync("moods-test");
        await visit.Button("Make it a judge").ClickAsync();
        await Expect(page.GetByText("is a judge now")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await visit.PictureAsync("8-classifier-done");
        await visit.IsAccessibleAsync();

        await visit.GoAsync("/runs/new?preset=demo");
        await Expect(visit.Button("Start")).ToBeEnabledAsync(new() { Timeout = Soon });
        await visit.ChooseAsync("judge", "form", "classifier");
        await visit.ChooseAsync("judge", "model", "mood judge");
        foreach (var (label, value) in new[] { ("epochs", "1"), ("harmful limit", "10"), ("task limit", "10") }) await page.GetByLabel(label, new() { Exact = true }).First.FillAsync(value);
        await page.Keyboard.PressAsync("Tab");
        await visit.Button("Start").ClickAsync();
        await Expect(page.GetByText("completed", new() { Exact = true })).ToBeVisibleAsync(new() { Timeout = 180_000 });
        await Expect(page.GetByText("Harmful (corrected)")).ToBeVisibleAsync(new() { Timeout = Soon });
        await visit.IsAccessibleAsync();
        visit.IsQuiet();
    }

    /// <summary>Values that cannot be are named, and the page goes on; the paper's preset asks for its encoder.</summary>
    [Fact]
    public async Task NewRun_WithValuesThatCannotBe_SaysSoAndGoesOn()
    {
        await using var site = await Site.StartAsync();
        await using var visit = await browser.OpenAsync(site);
        var page = visit.Page;
        await site.UploadAsync("moods.csv", Encoding.UTF8.GetBytes(LabelledTexts.Csv(200, 1)));
        await visit.GoAsync("/runs/new?preset=cl-mtc&train=moods");
        await Expect(page.GetByText("This preset is meant for a pretrained BERT: choose classifier.encoder")).ToBeVisibleAsync(new() { Timeout = Soon });
        await Expect(page.GetByLabel("max length", new() { Exact = true })).ToHaveValueAsync("128");
        var estimate = page.GetByRole(AriaRole.Table, new() { Name = "Memory estimate" });
        await Expect(estimate).ToBeVisibleAsync(new() { Timeout = Soon });
        foreach (var layers in new[] { "-1", "1000000000" })
        {
            await page.GetByLabel("layers", new() { Exact = true }).FillAsync(layers);
            await page.Keyboard.PressAsync("Tab");
            await Expect(page.Locator("#faults")).ToContainTextAsync($"classifier.layers: is {layers}");
            await Expect(estimate).ToHaveCountAsync(0);
        }
        await visit.IsAccessibleAsync();
        await visit.Button("Classifier from scratch").ClickAsync();
        await Expect(page.Locator("#preset-lacks")).ToHaveCountAsync(0);
        await Expect(estimate).ToBeVisibleAsync();
        await visit.Button("Measure a few steps").ClickAsync();
        await Expect(page.GetByText("Measured just now on this machine")).ToBeVisibleAsync(new() { Timeout = 120_000 });
        await visit.IsAccessibleAsync();
        await page.GetByLabel("epochs", new() { Exact = true }).FillAsync("5");
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.GetByText("Measured just now on this machine")).ToHaveCountAsync(0); // it was another run's
        visit.IsQuiet();
    }
}
