using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AsFT.Experiments.Datasets;
using AsFT.Experiments.Models;
using AsFT.Experiments.Specification;

namespace AsFT.Trainer;

/// <summary>Finds the datasets, models and runs that a specification names: by hash, name or id, or on the command line by path.</summary>
internal sealed class Sources(string? datasets, IReadOnlyList<string> models, bool allowPrivateEndpoints = false, string? directions = null, string? runs = null)
{
    private readonly Dictionary<string, string> directories = models.Select(m => m.Split('=', 2)).Where(p => p.Length == 2).ToDictionary(p => p[0], p => p[1]);

    /// <summary>Where the alignment direction of two pinned models is kept between runs; null where nothing is kept.</summary>
    public string? DirectionFile(RunSpecification s, IEnumerable<string> modules)
    {
        if (directions is null || s.Method.Direction == DirectionForm.Random || Pinned.Parse(s.Model.Aligned) is not { } aligned || Pinned.Parse(s.Model.Base!) is not { } unaligned) return null;
        var what = string.Join('\n', ["of the named models' files", aligned.Sha256, unaligned.Sha256, s.Method.Direction.ToString(), s.Method.Direction == DirectionForm.Projector ? s.Method.ProjectorRank.ToString(CultureInfo.InvariantCulture) : "", .. modules]); // the first words part these from directions that were once kept of weights in memory, moved or rounded
        return Path.Combine(Directory.CreateDirectory(directions).FullName, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(what))) + ".safetensors");
    }

    /// <summary>Whether judges may be asked on this machine or in a private network.</summary>
    public bool AllowPrivateEndpoints { get; } = allowPrivateEndpoints;

    /// <summary>A model's name for people, with the beginning of the hash of its weights.</summary>
    public static string ModelName(string reference, string directory) => Pinned.Parse(reference) is { } pinned
        ? $"{Pinned.Label(reference)}@{pinned.Sha256[..16]}"
        : $"{Path.GetFileName(Path.TrimEndingDirectorySeparator(directory))}@{WeightHash.OfAsync(directory).GetAwaiter().GetResult()[..16]}";

    /// <summary>Names everything that is missing at once, before anything is read.</summary>
    /// <exception cref="SpecificationException">with every reference that leads nowhere</exception>
    public void Check(RunSpecification specification)
    {
        var faults = References.In(specification).Select(r => r.Kind switch
        {
            ReferenceKind.Model => MissingModel(r.Value, r.Path),
            ReferenceKind.Run => MissingRun(r.Value, r.Path),
            _ => MissingDataset(r.Value, r.Path),
        }).OfType<Fault>().ToList();
        if (faults.Count > 0) throw new SpecificationException(faults);
    }

    public string Model(string reference, string path) =>
        MissingModel(reference, path) is { } fault ? throw new SpecificationException([fault]) : DirectoryOf(reference);

    /// <summary>The directory of a run that left a result.</summary>
    public string Run(string reference, string path) =>
        MissingRun(reference, path) is { } fault ? throw new SpecificationException([fault]) : RunDirectoryOf(reference);

    /// <summary>A stored dataset, or a file that is read into the run's own directory first.</summary>
    public DatasetFolder Dataset(string reference, string path, string runDirectory)
    {
        if (MissingDataset(reference, path) is { } fault) throw new SpecificationException([fault]);
        if (Pinned.Parse(reference) is { } pinned) return DatasetFolder.At(datasets!, pinned.Sha256);
        var own = Directory.CreateDirectory(Path.Combine(runDirectory, "datasets")).FullName;
        return DatasetFolder.ImportAsync(own, reference, Path.GetFileName(reference)).GetAwaiter().GetResult();
    }

    private string DirectoryOf(string reference) => directories.GetValueOrDefault(Pinned.Parse(reference)?.Key ?? reference, reference);

    private Fault? MissingModel(string reference, string path) =>
        Directory.Exists(DirectoryOf(reference)) ? null : new(path, $"there is no model '{reference}': give a directory, or --model {Pinned.Parse(reference)?.Key ?? reference}=DIRECTORY");

    private string RunDirectoryOf(string reference) => Guid.TryParse(reference, out var id) && runs is not null ? Path.Combine(runs, id.ToString("N")) : reference;

    private Fault? MissingRun(string reference, string path)
    {
        if (runs is null && Guid.TryParse(reference, out _)) return new(path, $"'{reference}' is the id of a stored run: say with --runs where runs are stored, or give the run's directory");
        var directory = RunDirectoryOf(reference);
        if (!File.Exists(Path.Combine(directory, "spec.json"))) return new(path, $"there is no run '{reference}' (any more): name another one");
        return File.Exists(Path.Combine(directory, "model", "model.safetensors")) || File.Exists(Path.Combine(directory, "adapter", "adapter_model.safetensors")) ? null
            : new(path, $"the run '{reference}' left neither an adapter nor a model; let it train to its end, or name another one");
    }

    private Fault? MissingDataset(string reference, string path)
    {
        if (Pinned.Parse(reference) is not { } pinned) return File.Exists(reference) ? null : new(path, $"there is no file '{reference}'");
        if (datasets is null) return new(path, $"'{reference}' is a stored dataset: say with --datasets where they are stored");
        return DatasetFolder.At(datasets, pinned.Sha256).Exists ? null : new(path, $"the dataset '{reference}' is not stored any more; upload it again");
    }
}
