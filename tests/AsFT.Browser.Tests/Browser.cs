using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(AsFT.Browser.Tests.Browser))]

namespace AsFT.Browser.Tests;

/// <summary>The machine's own Chromium, without a window.</summary>
public sealed class Browser : IAsyncLifetime
{
    private IPlaywright playwright = null!;
    private IBrowser chromium = null!;

    public async ValueTask InitializeAsync()
    {
        playwright = await Playwright.CreateAsync();
        chromium = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = new[] { "/usr/bin/chromium", "/usr/bin/chromium-browser" }.First(File.Exists),
            Args = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
    }

    public async Task<Visit> OpenAsync(Site site, bool dark = false) => new(site, await chromium.NewPageAsync(new()
    {
        BaseURL = site.Http.BaseAddress!.ToString(), ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light, ViewportSize = new() { Width = 1280, Height = 900 }, AcceptDownloads = true,
    }));

    public async ValueTask DisposeAsync()
    {
        await chromium.DisposeAsync();
        playwright.Dispose();
    }
}

/// <summary>One page of a browser, which remembers what it complained of and whom it called.</summary>
public sealed class Visit : IAsyncDisposable
{
    public static string Pictures { get; } = Directory.CreateDirectory(Path.Combine(Site.Repository, "artefacts")).FullName;

    private readonly List<string> complaints = [], outside = [];

    public Visit(Site site, IPage page)
    {
        Page = page;
        var own = site.Http.BaseAddress!.Authority;
        page.Console += (_, m) => { if (m.Type is "error" or "warning") complaints.Add($"{m.Type}: {m.Text} ({m.Location})"); };
        page.PageError += (_, e) => complaints.Add(e);
        page.Request += (_, r) => { if (new Uri(r.Url) is { Scheme: not ("data" or "blob") } u && u.Authority != own) outside.Add(r.Url); };
    }

    public IPage Page { get; }

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public ILocator Link(string name) => Page.GetByRole(AriaRole.Link, new() { Name = name });

    /// <summary>Goes to an address and waits until the page answers to clicks.</summary>
    public async Task GoAsync(string address)
    {
        await Page.GotoAsync(address);
        await Page.WaitForFunctionAsync("() => document.documentElement.dataset.theme !== undefined");
    }

    public async Task PictureAsync(string name) => await Page.ScreenshotAsync(new() { Path = Path.Combine(Pictures, name + ".png"), FullPage = true });

    /// <summary>Chooses a value in a list of the form for a new run.</summary>
    public async Task ChooseAsync(string group, string label, string value)
    {
        await Page.GetByRole(AriaRole.Group, new() { Name = group, Exact = true }).GetByLabel(label, new() { Exact = true }).First.ClickAsync();
        await Page.Locator(".mud-popover-open .mud-list-item").GetByText(value, new() { Exact = true }).ClickAsync();
    }

    /// <summary>What the accessibility rules of WCAG 2 A and AA find.</summary>
    public async Task IsAccessibleAsync()
    {
        var found = await Page.RunAxe(new() { RunOnly = new() { Type = "tag", Values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] } });
        Assert.True(found.Violations.Length == 0, string.Join('\n', found.Violations.Select(v => $"{v.Id}: {v.Help}: {string.Join(" | ", v.Nodes.Take(3).Select(n => n.Html[..Math.Min(200, n.Html.Length)]))}")));
    }

    /// <summary>How many points a trace of a chart holds.</summary>
    public Task<int> PointsAsync(string chart, int trace = 0) => Page.EvaluateAsync<int>($"() => document.getElementById('{chart}')?.data?.[{trace}]?.x?.length ?? 0");

    public void IsQuiet()
    {
        Assert.Empty(complaints);
        Assert.Empty(outside);
    }

    public async ValueTask DisposeAsync() => await Page.CloseAsync();
}
