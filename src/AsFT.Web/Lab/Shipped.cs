using AsFT.Experiments.Lab;
using AsFT.Experiments.Models;
using AsFT.Experiments.Specification;
using AsFT.Web.Datasets;
using AsFT.Web.Models;
using AsFT.Web.Shared;

namespace AsFT.Web.Lab;

/// <summary>Registers the models and datasets that come with the application, where they are not yet.</summary>
public static class Shipped
{
    public static async Task RegisterAsync(IServiceProvider services)
    {
        var (paths, registry, library) = (services.GetRequiredService<AppPaths>(), services.GetRequiredService<ModelRegistry>(), services.GetRequiredService<DatasetLibrary>());
        foreach (var file in LabDatasets.All.Keys)
            await library.ImportAsync(Path.Combine(paths.Lab, "datasets", file + ".jsonl"), file + ".jsonl");

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
}
