using System.Text;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AsFT.Browser.Tests;

public sealed class SweepTests(Browser browser)
{
    private static readonly LocatorAssertionsToBeVisibleOptions Soon = new() { Timeout = 30_000 };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Search_FromTheForm_IsFollowedUntilItsBestPointIsKnown(bool dark)
    {
        await using var site = await Site.StartAsync();
        await site.UploadAsync("moods.csv", Encoding.UTF8.GetBytes("text,joy,anger\n" + string.Concat(Enumerable.Range(0, 60).Select(i => i % 2 == 0 ? $"a glad day number {i},1,0\n" : $"a broken door number {i},0,1\n"))));
        await using var visit = await browser.OpenAsync(site, dark);
        var page = visit.Page;
        await visit.GoAsync("/runs/new?preset=classifier&train=moods&tab=search");
        await Expect(visit.Button("Start the search")).ToBeEnabledAsync(new() { Timeout = 30_000 });

        var rate = page.GetByRole(AriaRole.Group, new() { Name = "Setting 1" });
        await rate.GetByRole(AriaRole.Textbox, new() { Name = "Max" }).FillAsync("1e-9");
        await Expect(rate.GetByText("min must be less than max")).ToBeVisibleAsync(Soon);
        await Expect(visit.Button("Start the search")).ToBeDisabledAsync();
        await rate.GetByRole(AriaRole.Textbox, new() { Name = "Max" }).FillAsync("0.1");
        await visit.Button("Add a setting").ClickAsync();
        var loss = page.GetByRole(AriaRole.Group, new() { Name = "Setting 2" });
        await loss.GetByRole(AriaRole.Combobox, new() { Name = "Setting" }).SelectOptionAsync("loss.kind");
        var kinds = loss.GetByRole(AriaRole.Textbox, new() { Name = "Values" });
        await Expect(kinds).ToHaveValueAsync("bce, joint, scl, icl, jscl, jspcl, slcl"); // the row has changed; what is typed before that is lost in it
        await kinds.FillAsync("bce, scl");
        await visit.Button("Add a setting").ClickAsync();
        var decay = page.GetByRole(AriaRole.Group, new() { Name = "Setting 3" });
        await decay.GetByRole(AriaRole.Combobox, new() { Name = "Setting" }).SelectOptionAsync("optimiser.weight_decay");
        await Expect(decay.GetByRole(AriaRole.Combobox, new() { Name = "Kind" })).ToHaveValueAsync("Linear");
        await decay.GetByRole(AriaRole.Combobox, new() { Name = "Kind" }).SelectOptionAsync("Values");
        await decay.GetByRole(AriaRole.Textbox, new() { Name = "Values" }).FillAsync("1e-5, 2e-5, 0.01"); // which the browser writes otherwise than the server
        await page.GetByLabel("Points at most").FillAsync("4");
        await page.GetByLabel("Seeds per point").FillAsync("2");
        await page.GetByLabel("Name").FillAsync("by hand");
        await Expect(page.GetByText("4 points × 2 seeds: 8 runs")).ToBeVisibleAsync(Soon);
        await visit.PictureAsync($"7-search-form{(dark ? "-dark" : "")}");
        await visit.IsAccessibleAsync();
        await visit.Button("Start the search").ClickAsync();

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "by hand" })).ToBeVisibleAsync(Soon);
        await Expect(page.GetByText("4 of 4 points, 8 of 8 runs done")).ToBeVisibleAsync(new() { Timeout = 240_000 });
        await Expect(page.GetByText("chosen on dev")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Table, new() { Name = "Points" }).Locator("tbody tr")).ToHaveCountAsync(4);
        await page.WaitForFunctionAsync("() => document.getElementById('best-so-far').data[0].x.length === 4 && document.getElementById('parallel').data.length === 4");
        Assert.True(await page.EvaluateAsync<bool>("() => document.getElementById('parallel').data.every((line) => line.y.length === 4 && line.y.every((y) => y >= 0 && y <= 1))"), "a point lies beside its axis");
        await visit.PictureAsync($"7-sweep{(dark ? "-dark" : "")}");
        await visit.IsAccessibleAsync();
        await ScoresFallAsync(page);

        await page.GetByRole(AriaRole.Table, new() { Name = "Points" }).GetByRole(AriaRole.Link).First.ClickAsync();
        await page.WaitForFunctionAsync("() => document.documentElement.dataset.history !== undefined"); // a socket that is closed while it opens makes the browser complain
        await visit.Link("by hand").ClickAsync(); // and back from the run
        await visit.Link("Run the best point again").ClickAsync();
        await Expect(visit.Button("Start")).ToBeEnabledAsync(new() { Timeout = 30_000 });
        visit.IsQuiet();
    }

    /// <summary>One press sorts by score, the best first, and says so to those who do not see the arrow.</summary>
    private static async Task ScoresFallAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "F1 macro" }).PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Columnheader, new() { Name = "F1 macro" })).ToHaveAttributeAsync("aria-sort", "descending");
        await Expect(page.GetByRole(AriaRole.Table, new() { Name = "Points" }).Locator("tbody tr").First).ToContainTextAsync("★");
    }
}
