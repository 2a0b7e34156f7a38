using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AsFT.Browser.Tests;

public sealed class ModelsPageTests(Browser browser)
{
    [Fact]
    public async Task Register_ADirectoryAndItsPartner_FromThePage()
    {
        var root = Directory.CreateTempSubdirectory("asft-models-");
        try
        {
            foreach (var name in new[] { "good", "pickled" }) Copy(root.CreateSubdirectory(name).FullName);
            File.Move(Path.Combine(root.FullName, "pickled", "model.safetensors"), Path.Combine(root.FullName, "pickled", "pytorch_model.bin"));
            await using var site = await Site.StartAsync(("Models:Roots:0", root.FullName));
            await using var visit = await browser.OpenAsync(site);
            var page = visit.Page;
            await visit.GoAsync("/models");
            await Expect(page.GetByText("pytorch_model.bin is a pickle: loading it can run any program hidden in it")).ToBeVisibleAsync(new() { Timeout = 20_000 });
            await page.GetByLabel("Name").FillAsync("lab-base");
            await page.GetByRole(AriaRole.Button, new() { Name = "Register" }).ClickAsync();
            await Expect(page.Locator("#model-fault")).ToContainTextAsync("named 'lab-base' already");
            await page.GetByLabel("Name").FillAsync("mine");
            await page.GetByRole(AriaRole.Button, new() { Name = "Register" }).ClickAsync();

            var mine = page.GetByRole(AriaRole.Region, new() { Name = "mine" });
            await Expect(mine).ToContainTextAsync("480,096 parameters in F32");
            await mine.GetByLabel("Unaligned partner").SelectOptionAsync("lab-base");
            await mine.GetByText("Files").ClickAsync();
            await Expect(mine).ToContainTextAsync("model.safetensors");
            await visit.PictureAsync("3-models-registered");
            await visit.IsAccessibleAsync();
            await page.ReloadAsync();
            await Expect(page.GetByRole(AriaRole.Region, new() { Name = "mine" }).GetByLabel("Unaligned partner")).ToHaveValueAsync(new System.Text.RegularExpressions.Regex("[0-9a-f-]{36}"));
            visit.IsQuiet();
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    private static void Copy(string target)
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Site.Repository, "lab", "models", "lab-aligned"))) File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
    }
}
