using AsFT.Experiments.Datasets;
using AsFT.Experiments.Models;
using AsFT.Experiments.Specification;

namespace AsFT.Trainer;

/// <summary>Finds the datasets and models that a specification names: by hash and name, or on the command line by path.</summary>
internal sealed class Sources(string? datasets, IReadOnlyList<string> models, bool allowPrivateEndpoints = false)
{
    private readonly Dictionary<string, string> directories = models.Select(m => m.Split('=', 2)).Where(p => p.Length == 2).ToDictionary(p => p[0], p => p[1]);

    /// <summary>Whether judges may be asked on this machine or in a private network.</summary>
    public bool AllowPrivateEndpoints { get; } = allowPrivateEndpoints;

    /// <summary>A model's name for people, with the beginning of the hash of its weights.</summary>
    public static string ModelName(string reference, string directory) => Pinned.Parse(reference) is { } pinned
        ? $"{Pinned.Label(reference)}@{pinned.Sha256[..16]}"
        : $"{Path.GetFileName(Path.TrimEndingDirectorySeparator(directory))}@{WeightHash.OfAsync(directory).GetAwaiter().GetResult()[..16]}";

    public string Model(string reference, string path)
    {
        var directory = directories.GetValueOrDefault(Pinned.Parse(reference)?.Key ?? reference, reference);
        return Directory.Exists(directory) ? directory
            : throw Unknown(path, $"there is no model '{reference}': give a directory, or --model {reference}=DIRECTORY");
    }

    /// <summary>A stored dataset, or a file that is read into the run's own directory first.</summary>
    public DatasetFolder Dataset(string reference, string path, string runDirectory)
    {
        if (Pinned.Parse(reference) is { } pinned)
        {
            if (datasets is null) throw Unknown(path, $"'{reference}' is a stored dataset: say with --datasets where they are stored");
            var stored = DatasetFolder.At(datasets, pinned.Sha256);
            return stored.Exists ? stored : throw Unknown(path, $"the dataset '{reference}' is not stored any more; upload it again");
        }
        if (!File.Exists(reference)) throw Unknown(path, $"there is no file '{reference}'");
        var own = Directory.CreateDirectory(Path.Combine(runDirectory, "datasets")).FullName;
        return DatasetFolder.ImportAsync(own, reference, Path.GetFileName(reference)).GetAwaiter().GetResult();
    }

    private static SpecificationException Unknown(string path, string problem) => new([new(path, problem)]);
}
