using AsFT.Experiments.Lab;
using AsFT.Experiments.Models;
using AsFT.Experiments.Specification;
using AsFT.Web.Datasets;
using AsFT.Web.Lab.Tournaments;
using AsFT.Web.Models;
using AsFT.Web.Runs.Supervision;
using AsFT.Web.Shared;

namespace AsFT.Web.Lab;

/// <summary>Registers the models and datasets that come with the application, and takes over its examples, where they are not there yet.</summary>
public static class Shipped
{
    public static async Task RegisterAsync(IServiceProvider services)
    {
        var (paths, registry, library) = (services.GetRequiredService<AppPaths>(), services.GetRequiredService<ModelRegistry>(), services.GetRequiredService<DatasetLibrary>());
        foreach (var file in LabDatasets.All.Keys)
            await library.ImportAsync(Path.Combine(paths.Lab, "datasets", file + ".jsonl"), file + ".jsonl");

        await RegisterModelsAsync(services, paths, registry);
        if (services.GetRequiredService<IConfiguration>().GetValue("Lab:Examples", true)) await ImportExamplesAsync(services, paths);
    }

    private static async Task RegisterModelsAsync(IServiceProvider services, AppPaths paths, ModelRegistry registry)
    {
        var known = await registry.ListAsync();
        if (known.Any(m => m.Name == Presets.LabAligned)) return;
        try
        {
            var unaligned = await registry.RegisterAsync(Path.Combine(paths.Lab, "models", Presets.LabBase), Presets.LabBase);
            var aligned = await registry.RegisterAsync(Path.Combine(paths.Lab, "models", Presets.LabAligned), Presets.LabAligned);
            await registry.SetBaseAsync(aligned.Id, unaligned.Id);
        }
        catch (ModelException e)
        {
            services.GetRequiredService<ILogger<AppPaths>>().LogWarning("The shipped models could not be registered: {Problem}", e.Message);
        }
    }

    /// <summary>A finished tournament and a basin, so that there is something to see before the first own run. Once taken over, they are the user's to delete.</summary>
    private static async Task ImportExamplesAsync(IServiceProvider services, AppPaths paths)
    {
        var examples = Path.Combine(paths.Lab, "examples");
        if (!Directory.Exists(examples)) return;
        foreach (var archive in Directory.EnumerateFiles(examples, "*.zip").Order(StringComparer.Ordinal))
        {
            try
            {
                await using var file = File.OpenRead(archive);
                await services.GetRequiredService<TournamentImport>().ImportArchiveAsync(file, again: false);
            }
            catch (Exception e) when (e is SpecificationException or IOException || RunRecorder.IsStorage(e)) // nobody needs them to work
            {
                services.GetRequiredService<ILogger<AppPaths>>().LogWarning("The example {Archive} could not be taken over: {Problem}", Path.GetFileName(archive), e.Message);
            }
        }
    }
}
