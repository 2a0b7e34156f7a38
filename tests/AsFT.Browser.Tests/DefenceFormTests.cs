using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AsFT.Browser.Tests;

public sealed class DefenceFormTests(Browser browser)
{
    private static readonly LocatorAssertionsToBeVisibleOptions Soon = new() { Timeout = 30_000 };

    /// <summary>Each method chosen by hand: its settings appear with an explanation and what it needs is asked for by name; two of them train.</summary>
    [Fact]
    public async Task Method_ChosenInTheForm_AsksForWhatItNeeds_AndTrains()
    {
        await using var site = await Site.StartAsync();
        await using var visit = await browser.OpenAsync(site);
        var page = visit.Page;
        await visit.GoAsync("/runs/new?preset=demo");
        await Expect(visit.Button("Start")).ToBeEnabledAsync(new() { Timeout = 20_000 });
        foreach (var (method, name, asks) in new[]
        {
            ("safe_instruct", "SafeInstruct", "safe_instruct.safety_rows"), ("bea", "Backdoor enhanced alignment", "bea.safety_rows"), ("vaccine", "Vaccine", null),
            ("panacea", "Panacea", "panacea.harmful_rows"), ("constrained_sft", "Constrained SFT", null), ("sppft", "SPPFT", null), ("lox", "LoX", null),
            ("safe_lora", "Safe LoRA", null), ("antidote", "Antidote", "antidote.harmful_rows"), ("resta", "RESTA", null), ("booster", "Booster", "booster.harmful_rows"), ("lisa", "Lisa", "lisa.safety_rows"),
        })
        {
            await visit.ChooseAsync("method", "kind", method);
            await Expect(page.GetByRole(AriaRole.Group, new() { Name = name, Exact = true })).ToBeVisibleAsync(Soon);
            if (asks is null) await Expect(page.Locator("#faults")).ToHaveCountAsync(0);
            else await Expect(page.Locator("#faults")).ToContainTextAsync($"{asks}: is missing; name a dataset of harmful requests");
        }
        await Expect(page.GetByRole(AriaRole.Group, new() { Name = "Booster", Exact = true })).ToHaveCountAsync(0); // the settings of a method that is not chosen any more are gone
        await visit.ChooseAsync("Lisa", "safety rows", "lab-safety");
        await page.GetByLabel("safety steps").FillAsync("3");
        await page.GetByLabel("task steps").FillAsync("3");
        await page.GetByLabel("epochs", new() { Exact = true }).FillAsync("1");
        await page.Keyboard.PressAsync("Tab");
        await visit.PictureAsync("4-new-run-lisa");
        await visit.IsAccessibleAsync();
        await visit.Button("Start").ClickAsync();
        await Expect(page.GetByText("completed", new() { Exact = true })).ToBeVisibleAsync(new() { Timeout = 180_000 });
        await page.WaitForFunctionAsync("() => document.getElementById('loss').data[6].x.length > 0", null, new() { Timeout = 20_000 }); // the loss on safety rows
        await Expect(page.GetByRole(AriaRole.Table, new() { Name = "Updates along the alignment direction" })).ToContainTextAsync("model.layers.0.self_attn.q_proj");
        await visit.PictureAsync("5-run-lisa");
        await visit.IsAccessibleAsync();
        visit.IsQuiet();
    }
}
