using AsFT.Experiments.Datasets;
using AsFT.Experiments.Models;
using AsFT.Experiments.Specification;
using AsFT.Experiments.Tournaments;

namespace AsFT.Trainer.Lab;

/// <summary>
/// Finds what a tournament names, stores its datasets below the tournament's own folder, and pins every name to what it meant, as the site
/// does it: so its runs are the same runs there.
/// </summary>
/// <param name="folder">the tournament's</param>
/// <param name="beside">where files and directories are looked for by their path</param>
/// <param name="lab">holds models/NAME and datasets/NAME.jsonl; null: none</param>
/// <param name="models">NAME=DIRECTORY each</param>
internal sealed class TournamentSources(string folder, string beside, string? lab, IReadOnlyList<string> models, bool allowPrivateEndpoints)
{
    private readonly string datasets = Path.Combine(folder, "datasets");
    private readonly Dictionary<string, string> named = models.Select(m => m.Split('=', 2)).Where(p => p.Length == 2).ToDictionary(p => p[0], p => p[1]);
    private readonly Dictionary<string, Pinned> known = [];
    private readonly Dictionary<string, string> directories = [];

    /// <summary>What the runs read, once the request is pinned.</summary>
    public Sources ForRuns => new(datasets, [.. directories.Select(d => $"{d.Key}={d.Value}")], allowPrivateEndpoints, Path.Combine(folder, "directions"));

    /// <summary>NAME=DIRECTORY of every model that was found, for another process.</summary>
    public IEnumerable<string> Found => known.Where(k => directories.ContainsKey(k.Value.Key)).Select(k => $"{k.Value}={directories[k.Value.Key]}").Distinct();

    /// <exception cref="SpecificationException">with every name that leads nowhere</exception>
    public TournamentRequest Pin(TournamentRequest request)
    {
        Directory.CreateDirectory(datasets);
        var faults = new List<Fault>();
        var pinned = request.Replace(r =>
        {
            if (r.Kind == ReferenceKind.Run) return Run(r.Value);
            var (found, fault) = r.Kind == ReferenceKind.Model ? Model(r.Value) : Dataset(r.Value);
            if (fault is not null) faults.Add(new(r.Path, fault));
            return found?.ToString() ?? r.Value;
        });
        return faults.Count == 0 ? pinned : throw new SpecificationException([.. faults.Distinct()]);
    }

    private (Pinned?, string?) Model(string reference)
    {
        if (known.TryGetValue(reference, out var before)) return (before, null);
        var (wanted, name) = (Pinned.Parse(reference), Pinned.Parse(reference)?.Name ?? reference);
        var places = new[] { named.GetValueOrDefault(reference), named.GetValueOrDefault(name), Path.Combine(beside, name), lab is null ? null : Path.Combine(lab, "models", name) };
        if (places.OfType<string>().FirstOrDefault(Directory.Exists) is not { } directory) return (null, $"there is no model '{name}': give a directory, or --model {name}=DIRECTORY");
        var pinned = new Pinned(Label(name), WeightHash.OfAsync(directory).GetAwaiter().GetResult());
        if (wanted is not null && wanted.Sha256 != pinned.Sha256) return (null, $"the model '{name}' in {directory} is another one than the tournament began with");
        directories[pinned.Key] = directory;
        return (known[reference] = wanted ?? pinned, null);
    }

    private (Pinned?, string?) Dataset(string reference)
    {
        if (known.TryGetValue(reference, out var before)) return (before, null);
        var (wanted, name) = (Pinned.Parse(reference), Pinned.Parse(reference)?.Name ?? reference);
        if (wanted is not null && DatasetFolder.At(datasets, wanted.Sha256).Exists) return (known[reference] = wanted, null);
        var places = new[] { Path.Combine(beside, name), lab is null ? null : Path.Combine(lab, "datasets", name + ".jsonl") };
        if (places.OfType<string>().FirstOrDefault(File.Exists) is not { } file) return (null, $"there is no file '{name}'");
        try
        {
            var summary = DatasetFolder.ImportAsync(datasets, file, Path.GetFileName(file)).GetAwaiter().GetResult().Summary;
            if (wanted is not null && wanted.Sha256 != summary.Sha256) return (null, $"the file {file} holds other rows than the tournament began with");
            return (known[reference] = new(Label(name), summary.Sha256), null);
        }
        catch (DatasetException e)
        {
            return (null, $"'{name}' is no dataset: {e.Message}");
        }
    }

    /// <summary>A run on disk is its directory; whether it left anything, its first run says.</summary>
    private string Run(string reference) => Path.GetFullPath(Path.Combine(beside, reference)) is var directory && Directory.Exists(directory) ? directory : reference;

    /// <summary>As the site would name an upload.</summary>
    private static string Label(string name) => Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(name));
}
