using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AsFT.Browser.Tests;

/// <summary>The run page while things happen to it.</summary>
public sealed class RunPageTests(Browser browser)
{
    private static string Long(int epochs) => $$"""
        name: long
        model: {aligned: lab-aligned, base: lab-base}
        data: {train: [lab-train], max_length: 96}
        method: {kind: asft, lambda: 30}
        optimiser: {learning_rate: 1e-3}
        training: {epochs: {{epochs}}, batch_size: 16, checkpoint_every: 20}
        """;

    [Fact]
    public async Task Charts_AcrossAReloadASecondBrowserAndAKilledServer_AreWhole()
    {
        await using var site = await Site.StartAsync();
        var id = await site.SubmitAsync(Long(6));
        await using var first = await browser.OpenAsync(site);
        await using var second = await browser.OpenAsync(site, dark: true);
        await first.GoAsync($"/runs/{id}");
        await LossReaches(first, 30);
        await second.GoAsync($"/runs/{id}");
        await LossReaches(second, 40);
        await first.Page.ReloadAsync();
        await LossReaches(first, 60);

        var address = site.Http.BaseAddress!;
        site.Kill();
        await site.RestartAsync(address);
        await site.ReachAsync(id, "completed");
        foreach (var visit in new[] { first, second })
        {
            await LossReaches(visit, 378);
            Assert.Equal(Enumerable.Range(1, 378), await visit.Page.EvaluateAsync<int[]>("() => Array.from(document.getElementById('loss').data[0].x)"));
        }
        await second.PictureAsync("5-run-dark");
    }

    [Fact]
    public async Task Stop_FromThePage_KeepsTheAdapterAndCanBeResumed()
    {
        await using var site = await Site.StartAsync();
        var id = await site.SubmitAsync(Long(100));
        await using var visit = await browser.OpenAsync(site);
        await visit.GoAsync($"/runs/{id}");
        await LossReaches(visit, 20);
        await visit.Button("Stop").ClickAsync();
        await Expect(visit.Page.GetByText("stopped", new() { Exact = true })).ToBeVisibleAsync(new() { Timeout = 5000 });
        await Expect(visit.Link("adapter (PEFT)")).ToBeVisibleAsync();
        var before = await visit.PointsAsync("loss");
        await visit.Button("Resume").ClickAsync();
        await LossReaches(visit, before + 10);
        await visit.Button("Stop").ClickAsync();
        await Expect(visit.Page.GetByText("stopped", new() { Exact = true })).ToBeVisibleAsync(new() { Timeout = 5000 });
        visit.IsQuiet();
    }

    [Fact]
    public async Task ChartTools_SmoothingLogAxesTableAndDownloads_ShowTheSamePoints()
    {
        await using var site = await Site.StartAsync();
        var id = await site.SubmitAsync(Long(1));
        await site.ReachAsync(id, "completed");
        await using var visit = await browser.OpenAsync(site);
        var page = visit.Page;
        await visit.GoAsync($"/runs/{id}");
        await LossReaches(visit, 63);
        var tools = page.Locator("#loss-tools");

        await tools.GetByLabel("Smoothing").FillAsync("0.9");
        Assert.Equal(63, await visit.PointsAsync("loss", 1));
        // the first value of a debiased average is the value itself
        Assert.True(await page.EvaluateAsync<bool>("() => { const [raw, smooth] = document.getElementById('loss').data; return Math.abs(raw.y[0] - smooth.y[0]) < 1e-12 && Math.abs((0.9 * 0.1 * raw.y[0] + 0.1 * raw.y[1]) / (1 - 0.81) - smooth.y[1]) < 1e-12; }"));
        await visit.PictureAsync("5-run-smooth");
        await tools.GetByLabel("log y").CheckAsync();
        Assert.Equal("log", await page.EvaluateAsync<string>("() => document.getElementById('loss').layout.yaxis.type"));
        await Expect(page.Locator("#loss-note")).ToHaveTextAsync("1 points at or below 0 have no place on a log axis"); // the penalty before the first step is 0
        await tools.GetByLabel("log x").CheckAsync();

        await page.Locator("#loss-table summary").ClickAsync();
        await Expect(page.Locator("#loss-table tr")).ToHaveCountAsync(64);
        var csv = await page.RunAndWaitForDownloadAsync(() => tools.GetByRole(AriaRole.Button, new() { Name = "CSV" }).ClickAsync());
        var lines = await File.ReadAllLinesAsync(await csv.PathAsync());
        Assert.Equal("\"step\",\"task\",\"penalty\",\"total\"", lines[0]);
        Assert.Equal(64, lines.Length);
        var png = await page.RunAndWaitForDownloadAsync(() => tools.GetByRole(AriaRole.Button, new() { Name = "PNG" }).ClickAsync());
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], (await File.ReadAllBytesAsync(await png.PathAsync()))[..4]);
        visit.IsQuiet();
    }

    [Fact]
    public async Task SkipLink_LeadsToTheContentOfItsPage_AndNothingWrittenIsLost()
    {
        await using var site = await Site.StartAsync();
        await using var visit = await browser.OpenAsync(site);
        await visit.GoAsync("/runs/new");
        var name = visit.Page.GetByLabel("name", new() { Exact = true });
        await name.FillAsync("kept");
        await name.PressAsync("Tab");
        await visit.Page.Locator(".skip").FocusAsync();
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.Page.WaitForFunctionAsync("() => document.activeElement.id === 'content'");
        Assert.EndsWith("/runs/new", visit.Page.Url);
        await Expect(name).ToHaveValueAsync("kept");
    }

    [Fact]
    public async Task NewRun_WithFaults_NamesThemAndDoesNotStart()
    {
        await using var site = await Site.StartAsync();
        await using var visit = await browser.OpenAsync(site, dark: true);
        var page = visit.Page;
        await visit.GoAsync("/runs/new?preset=demo");
        await Expect(visit.Button("Start")).ToBeEnabledAsync(new() { Timeout = 20_000 });
        await page.GetByLabel("lambda").FillAsync("-1");
        await page.GetByLabel("epochs", new() { Exact = true }).FillAsync("many");
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.Locator("#faults")).ToContainTextAsync("method.lambda: is -1; take 0 or more");
        await Expect(page.Locator("#faults")).ToContainTextAsync("training.epochs: expected a whole number, found \"many\"");
        await page.GetByLabel("targets").FillAsync("(");
        await page.GetByLabel("harmful limit").FillAsync("0");
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.Locator("#faults")).ToContainTextAsync("lora.targets: is no valid pattern");
        await Expect(page.Locator("#faults")).ToContainTextAsync("evaluation.harmful_limit: is 0");
        await Expect(visit.Button("Start")).ToBeDisabledAsync();
        await visit.PictureAsync("4-new-run-faults");
        await visit.IsAccessibleAsync();

        await page.GetByRole(AriaRole.Tab, new() { Name = "YAML" }).ClickAsync();
        var yaml = page.GetByLabel("Specification as YAML");
        await yaml.FillAsync("model: {aligned: lab-aligned}\ndata: {train: [lab-train]}\nmethod: {kind: sft}\ntraning: {epochs: 2}\n");
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.GetByText("traning: unknown setting; did you mean 'training'?")).ToBeVisibleAsync();
        await yaml.FillAsync("name: from text\nmodel: {aligned: lab-aligned}\ndata: {train: [lab-train], max_length: 96}\nmethod: {kind: sft}\ntraining: {epochs: 1, batch_size: 32}\n");
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.GetByText("32 steps (32 per epoch), 0 evaluations")).ToBeVisibleAsync();
        await page.ReloadAsync(); // what was written is still there
        await Expect(page.GetByText("32 steps (32 per epoch), 0 evaluations")).ToBeVisibleAsync(new() { Timeout = 20_000 });
        await visit.Button("Start").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "from text" })).ToBeVisibleAsync(new() { Timeout = 20_000 });
        visit.IsQuiet();
    }

    private static Task LossReaches(Visit visit, int points) =>
        visit.Page.WaitForFunctionAsync($"() => (document.getElementById('loss')?.data?.[0]?.x?.length ?? 0) >= {points}", null, new() { Timeout = 180_000 });
}
