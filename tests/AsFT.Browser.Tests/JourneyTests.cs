using System.Net.Http.Json;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AsFT.Browser.Tests;

/// <summary>The six steps as a user walks them, in one site, from an empty folder.</summary>
public sealed class JourneyTests(Browser browser)
{
    private static readonly LocatorAssertionsToBeVisibleOptions Soon = new() { Timeout = 20_000 }, InAMinute = new() { Timeout = 180_000 };

    [Fact]
    public async Task FromHomeToGallery_WithTheShippedPair()
    {
        await using var site = await Site.StartAsync();
        await using var visit = await browser.OpenAsync(site);
        var page = visit.Page;

        await visit.GoAsync("/");
        await visit.PictureAsync("1-home");
        await visit.IsAccessibleAsync();

        await UploadAsync(visit);
        await LookAtModelsAsync(visit);

        // two clicks from home to a run
        await visit.GoAsync("/");
        await visit.Link("Try the demo run").ClickAsync();
        await Expect(page.GetByText("378 steps").Or(page.GetByText("189 steps"))).ToBeVisibleAsync(Soon);
        await visit.PictureAsync("4-new-run");
        await visit.IsAccessibleAsync();
        await visit.Button("Start").ClickAsync();
        await page.WaitForURLAsync("**/runs/*-*");
        var asft = page.Url;

        // live: points arrive while it trains
        await page.WaitForFunctionAsync("() => (document.getElementById('loss')?.data?.[0]?.x?.length ?? 0) > 20", null, new() { Timeout = 60_000 });
        await visit.PictureAsync("5-run-live");
        await Expect(page.GetByText("completed", new() { Exact = true })).ToBeVisibleAsync(InAMinute);
        await page.WaitForFunctionAsync("() => document.getElementById('loss').data[0].x.length === 189 && document.getElementById('safety').data[0].x.length === 4");
        await Expect(page.GetByText("accuracy", new() { Exact = true }).First).ToBeVisibleAsync();
        await visit.PictureAsync("5-run-done");
        await visit.IsAccessibleAsync();

        // the same without a defence
        await visit.GoAsync("/runs/new?preset=demo-sft");
        await visit.Button("Start").ClickAsync();
        await page.WaitForURLAsync("**/runs/*-*");
        await Expect(page.GetByText("completed", new() { Exact = true })).ToBeVisibleAsync(InAMinute);

        await CompareAsync(site, visit, asft, page.Url);
        visit.IsQuiet();
    }

    private static async Task UploadAsync(Visit visit)
    {
        var page = visit.Page;
        await visit.GoAsync("/datasets");
        var file = Path.Combine(Directory.CreateTempSubdirectory("asft-upload-").FullName, "news.jsonl");
        var rows = Enumerable.Range(0, 30).Select(i => $$"""{"instruction":"Say number {{i}}","output":"<b>{{i}}</b>"}""").Append("""{"instruction":"no answer"}""");
        await File.WriteAllLinesAsync(file, rows);
        await page.SetInputFilesAsync("#file", file);
        await Expect(page.GetByText("“news” is stored: 30 rows, 1 set aside.")).ToBeVisibleAsync(Soon);
        await visit.PictureAsync("2-datasets");
        await visit.IsAccessibleAsync();
        await page.SetInputFilesAsync("#file", file);
        await Expect(page.GetByText("The very same bytes are stored already")).ToBeVisibleAsync(Soon);

        await page.GetByRole(AriaRole.Link, new() { Name = "news", Exact = true }).ClickAsync();
        await Expect(page.GetByText("<b>0</b>")).ToBeVisibleAsync(Soon); // a cell is text
        await Expect(page.GetByRole(AriaRole.Table, new() { Name = "Rows set aside" })).ToContainTextAsync("output");
        await page.GetByRole(AriaRole.Button, new() { Name = "Show" }).First.ClickAsync();
        await Expect(page.GetByText("are learnt")).ToBeVisibleAsync();
        await visit.PictureAsync("2-dataset");
        await visit.IsAccessibleAsync();
        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByText("download them with reasons").ClickAsync());
        Assert.Contains("\"row\":31", await File.ReadAllTextAsync(await download.PathAsync()));
    }

    private static async Task LookAtModelsAsync(Visit visit)
    {
        await visit.GoAsync("/models");
        await Expect(visit.Page.GetByText("807,040 parameters").First.Or(visit.Page.GetByText("parameters in F32").First)).ToBeVisibleAsync(Soon);
        await visit.PictureAsync("3-models");
        await visit.IsAccessibleAsync();
    }

    private static async Task CompareAsync(Site site, Visit visit, string one, string other)
    {
        var page = visit.Page;
        await visit.GoAsync("/gallery");
        await Expect(page.GetByRole(AriaRole.Checkbox, new() { Name = "Select demo asft" })).ToBeVisibleAsync(Soon);
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "Select demo asft" }).CheckAsync();
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "Select demo sft" }).CheckAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Side by side" })).ToBeVisibleAsync(Soon);
        await page.WaitForFunctionAsync("() => [0, 2].every(t => document.getElementById('compare-loss')?.data?.[t]?.x?.length === 189)", null, new() { Timeout = 20_000 });
        await page.WaitForFunctionAsync("() => document.getElementById('trade-off')?.data?.length === 2");
        await Expect(page.GetByRole(AriaRole.Table, new() { Name = "Settings that differ" })).ToContainTextAsync("method.kind");
        await Expect(page.GetByRole(AriaRole.Table, new() { Name = "What these prompts can tell apart" })).ToContainTextAsync("of 100");
        await visit.PictureAsync("6-gallery");
        await visit.IsAccessibleAsync();
        Assert.Contains(one.Split('/')[^1], page.Url); // what is on view is in the address
        Assert.Contains(other.Split('/')[^1], page.Url);

        await page.GetByRole(AriaRole.Button, new() { Name = "Edit name, tags and notes of demo sft" }).ClickAsync();
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Tags" }).FillAsync("baseline");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Notes" }).FillAsync("=cmd|' /C calc'!A0 <i>kept as text</i>");
        await visit.PictureAsync("6-gallery-edit");
        await visit.Button("Save").ClickAsync();
        await Expect(page.GetByText("<i>kept as text</i>")).ToBeVisibleAsync();
        await Expect(page.GetByText("2 of 2 runs, 2 selected")).ToBeVisibleAsync(); // an edit does not lose the selection
        await page.GetByLabel("Filter runs").FillAsync("BASE");
        await Expect(page.GetByText("1 of 2 runs")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Checkbox, new() { Name = "Select demo asft" })).ToHaveCountAsync(0);
        await page.GetByLabel("Filter runs").FillAsync("");
        await Expect(page.GetByText("2 of 2 runs, 2 selected")).ToBeVisibleAsync();
        await page.Locator("th").Filter(new() { HasTextString = "Harmful" }).First.Locator(".sortable-column-header").ClickAsync();
        await Expect(page.Locator("tbody tr").First).ToContainTextAsync("demo asft"); // the least harmful first
        await visit.PictureAsync("6-gallery-sorted");

        using var renamed = await site.Http.PutAsJsonAsync($"/api/v1/runs/{one.Split('/')[^1]}/description", new { name = "named elsewhere" });
        Assert.True(renamed.IsSuccessStatusCode);
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "named elsewhere" })).ToBeVisibleAsync(Soon); // by itself
        await Expect(page.GetByText("2 of 2 runs, 2 selected")).ToBeVisibleAsync();
    }
}
