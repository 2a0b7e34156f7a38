using System.Text;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AsFT.Browser.Tests;

public sealed class LabTests(Browser browser)
{
    private static readonly LocatorAssertionsToBeVisibleOptions Soon = new() { Timeout = 30_000 };

    /// <summary>A new installation: from the home page to the finished tournament, a run of it and the basin.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task FirstVisit_ShowsAFinishedTournamentAndABasin(bool dark)
    {
        await using var site = await Site.StartAsync(("Lab:Examples", "true"));
        await using var visit = await browser.OpenAsync(site, dark);
        var page = visit.Page;
        await visit.GoAsync("/");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "From the lab" })).ToBeVisibleAsync(Soon);
        await visit.PictureAsync($"8-home{(dark ? "-dark" : "")}");
        await visit.IsAccessibleAsync();

        await visit.Link("First tournament").First.ClickAsync();
        await page.WaitForFunctionAsync("() => document.querySelector('[id^=front-]')?.data?.length === 3");
        await Expect(page.GetByText("L2 control (").First).ToBeVisibleAsync(Soon);
        await visit.PictureAsync($"8-tournament{(dark ? "-dark" : "")}");
        await visit.IsAccessibleAsync();
        await page.GetByRole(AriaRole.Table, new() { Name = "Methods and strengths" }).First.Locator("summary").First.ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "seed 42" }).First.ClickAsync();
        await Expect(page.GetByText("Of the tournament")).ToBeVisibleAsync(Soon);
        await page.WaitForFunctionAsync("() => document.documentElement.dataset.history !== undefined");

        await visit.GoAsync("/lab");
        await visit.Link("First basin").ClickAsync();
        await page.WaitForFunctionAsync("() => document.querySelectorAll('.js-plotly-plot').length >= 2");
        await visit.PictureAsync($"8-basin{(dark ? "-dark" : "")}");
        await visit.IsAccessibleAsync();
        visit.IsQuiet();
    }

    /// <summary>Three methods with three seeds, written on the page, until the verdict stands there.</summary>
    [Fact]
    public async Task NewTournament_OfThreeMethodsAndThreeSeeds_RunsFromThePage()
    {
        await using var site = await Site.StartAsync();
        await site.UploadAsync("few.jsonl", Encoding.UTF8.GetBytes(string.Join('\n', File.ReadLines(Path.Combine(Site.Repository, "lab", "datasets", "lab-train.jsonl")).Take(48))));
        await using var visit = await browser.OpenAsync(site);
        var page = visit.Page;
        await visit.GoAsync("/lab");
        await Expect(page.GetByText("None yet.").First).ToBeVisibleAsync(Soon);
        await visit.Link("New tournament").ClickAsync();
        await Expect(page.GetByText("21 runs")).ToBeVisibleAsync(Soon);
        await visit.PictureAsync("8-new-tournament");
        await visit.IsAccessibleAsync();
        var plain = page.GetByRole(AriaRole.Checkbox, new() { Name = "SFT plain fine-tuning" });
        await plain.UncheckAsync();
        await Expect(page.GetByText("name no plain fine-tuning to compare with")).ToBeVisibleAsync(Soon);
        await Expect(visit.Button("Start the tournament")).ToBeDisabledAsync();
        await plain.CheckAsync();
        await Expect(visit.Button("Start the tournament")).ToBeEnabledAsync(new() { Timeout = 30_000 });

        await page.GetByText("All of it as text").ClickAsync();
        var text = await page.Locator("#tournament-text").InputValueAsync();
        await page.Locator("#tournament-text").FillAsync(text.Replace("lab-train", "few").Replace("epochs: 3", "epochs: 1").Replace("harmful_limit: 100", "harmful_limit: 10").Replace("task_limit: 100", "task_limit: 10"));
        await page.GetByLabel("of these to choose strengths by").FillAsync("1");
        await page.GetByLabel("of these to choose strengths by").PressAsync("Tab");
        await page.GetByLabel("Name").FillAsync("by hand");
        await page.GetByLabel("Name").PressAsync("Tab");
        await Expect(page.GetByText("15 runs")).ToBeVisibleAsync(Soon); // nine cells with one seed, and three with two more
        await visit.Button("Start the tournament").ClickAsync();

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "by hand" })).ToBeVisibleAsync(Soon);
        await Expect(page.GetByText("15 of 15 runs done")).ToBeVisibleAsync(new() { Timeout = 240_000 });
        await Expect(page.GetByText("against SFT: harmful").First).ToBeVisibleAsync(Soon);
        await page.WaitForFunctionAsync("() => document.querySelector('[id^=front-]')?.data?.length === 3");
        await visit.IsAccessibleAsync();
        visit.IsQuiet();
    }

    /// <summary>What is no tournament is refused beside the field; an archive becomes a tournament, which is then deleted, after a question.</summary>
    [Fact]
    public async Task LabPage_OpensAnArchive_AndDeletesItsTournament()
    {
        await using var site = await Site.StartAsync();
        await using var visit = await browser.OpenAsync(site);
        var page = visit.Page;
        await visit.GoAsync("/lab");
        await Expect(page.GetByText("None yet. Measure one")).ToBeVisibleAsync(Soon);
        await Expect(page.GetByRole(AriaRole.Table, new() { Name = "The lab's models" }).GetByText("lab-base")).ToBeVisibleAsync(Soon);
        await page.GetByLabel("Archive").SetInputFilesAsync(Path.Combine(Site.Repository, "lab", "examples", "first.zip"));
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "First tournament" })).ToBeVisibleAsync(new() { Timeout = 60_000 });

        await visit.GoAsync("/lab");
        await Expect(visit.Link("First basin")).ToBeVisibleAsync(Soon);
        await visit.PictureAsync("8-lab");
        await visit.IsAccessibleAsync();
        await visit.Link("First tournament").ClickAsync();
        await page.WaitForFunctionAsync("() => document.querySelector('[id^=front-]')?.data?.length === 3");
        await visit.Button("Delete").ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await Expect(page.GetByText("Start one")).ToBeVisibleAsync(Soon);
        visit.IsQuiet();

        await page.GetByLabel("Archive").SetInputFilesAsync(Path.Combine(Site.Repository, "README.md"));
        await Expect(page.Locator("#archive-fault")).ToContainTextAsync("no zip archive of a tournament", new() { Timeout = 30_000 }); // the browser itself notes the refused request
    }
}
