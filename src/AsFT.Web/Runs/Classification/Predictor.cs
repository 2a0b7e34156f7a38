using System.Text.Json;
using AsFT.Data;
using AsFT.Experiments.Classification;
using AsFT.Experiments.Datasets;
using AsFT.Experiments.Specification;
using AsFT.Web.Runs.Supervision;
using AsFT.Web.Shared;

namespace AsFT.Web.Runs.Classification;

/// <summary>Lets the classifier of a run give labels to texts, in a process of its own.</summary>
public sealed class Predictor(AppPaths paths, ILogger<Predictor> logger)
{
    private const long LargestFile = 256L << 20;

    public string DirectoryOf(Guid run) => Path.Combine(paths.Run(run), "classifier");

    public bool Has(Guid run) => ClassifierManifest.IsIn(DirectoryOf(run));

    /// <summary>CSV for one text; its second line is the answer.</summary>
    /// <exception cref="DatasetException">with what went wrong</exception>
    public async Task<IReadOnlyList<string>> PredictAsync(Guid run, string text, CancellationToken cancel = default)
    {
        var file = Path.Combine(paths.Uploads, $"{Guid.NewGuid():N}.jsonl");
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(new { text }) + "\n", cancel);
        return await ReadAsync(run, file, cancel);
    }

    /// <summary>CSV for every text of a file.</summary>
    /// <param name="name">the file's own name, whose ending tells its format</param>
    /// <exception cref="DatasetException">the file cannot be read</exception>
    public async Task<IReadOnlyList<string>> PredictAsync(Guid run, string name, Stream body, CancellationToken cancel)
    {
        var extension = Path.GetExtension(name).ToLowerInvariant();
        if (!RecordReader.Extensions.Contains(extension)) throw new DatasetException($"Files ending in '{(extension.Length <= 12 ? extension : "…")}' are not read; take one of {string.Join(", ", RecordReader.Extensions)}.");
        var file = Path.Combine(paths.Uploads, $"{Guid.NewGuid():N}{extension}");
        await using (var to = File.Create(file))
        {
            var buffer = new byte[128 * 1024];
            for (int n; (n = await body.ReadAsync(buffer, cancel)) > 0;)
            {
                await to.WriteAsync(buffer.AsMemory(0, n), cancel);
                if (to.Length > LargestFile) throw new DatasetException($"The file is larger than {LargestFile >> 20} MB; split it, or call asft predict on it.");
            }
        }
        return await ReadAsync(run, file, cancel);
    }

    /// <summary>CSV with the scores of the classifier on a stored dataset: a line a label, then those over all.</summary>
    /// <exception cref="DatasetException">the dataset has no labels, or others</exception>
    public Task<IReadOnlyList<string>> ScoreAsync(Guid run, Dataset dataset, CancellationToken cancel = default) =>
        AskAsync(["evaluate", DirectoryOf(run), new Pinned(dataset.Name, dataset.Sha256).ToString(), "--datasets", paths.Datasets], cancel);

    private async Task<IReadOnlyList<string>> ReadAsync(Guid run, string file, CancellationToken cancel)
    {
        try
        {
            return await AskAsync(["predict", DirectoryOf(run), file], cancel);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private async Task<IReadOnlyList<string>> AskAsync(string[] arguments, CancellationToken cancel)
    {
        using var trainer = new TrainerProcess(arguments);
        await using var ended = cancel.Register(trainer.End);
        var lines = await trainer.Lines.ReadAllAsync(CancellationToken.None).ToListAsync(CancellationToken.None);
        cancel.ThrowIfCancellationRequested();
        if (await trainer.Exited == 0) return lines;
        logger.LogWarning("asft {Command} failed: {Errors}", arguments[0], trainer.LastErrors);
        throw new DatasetException(trainer.LastErrors is { Length: > 0 } errors ? errors.Split('\n')[^1] : "The classifier's process ended without a word; the site's log may hold more.");
    }
}
