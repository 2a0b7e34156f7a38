using AsFT.Data;
using AsFT.Experiments.Specification;
using AsFT.Web.Shared;
using Microsoft.EntityFrameworkCore;

namespace AsFT.Web.Runs.Supervision;

/// <summary>Tells the trainer where the datasets and models lie that a resolved specification names.</summary>
public sealed class SourceArguments(IDbContextFactory<AppDbContext> contexts, AppPaths paths, IConfiguration configuration)
{
    /// <exception cref="SpecificationException">a model is not registered any more</exception>
    public async Task<IReadOnlyList<string>> OfAsync(RunSpecification specification)
    {
        await using var db = await contexts.CreateDbContextAsync();
        List<string> arguments = ["--datasets", paths.Datasets, "--directions", paths.Directions, "--runs", paths.Runs, "--supervised"];
        if (configuration.GetValue("Judges:AllowPrivateAddresses", false)) arguments.Add("--allow-private-endpoints");
        foreach (var pinned in References.In(specification).Where(r => r.Kind == ReferenceKind.Model).Select(r => Pinned.Parse(r.Value)).OfType<Pinned>().DistinctBy(p => p.Key))
        {
            var model = await db.Models.FirstOrDefaultAsync(m => m.Sha256 == pinned.Sha256) ?? throw new SpecificationException([new("model", $"'{pinned.Name}' is not registered any more")]);
            arguments.AddRange(["--model", $"{pinned.Key}={model.Directory}"]);
        }
        return arguments;
    }
}
