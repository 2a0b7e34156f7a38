using System.Text.Json;
using AsFT.Experiments.Classification;
using AsFT.Experiments.Datasets;
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

    private async Task<IReadOnlyList<string>> ReadAsync(Guid run, string file, CancellationToken cancel)
    {
        try
        {
            using var trainer = new TrainerProcess(["predict", DirectoryOf(run), file]);
            await using var ended = cancel.Register(trainer.End);
            var lines = await trainer.Lines.ReadAllAsync(CancellationToken.None).ToListAsync(CancellationToken.None);
            cancel.ThrowIfCancellationRequested();
            if (await trainer.Exited == 0) return lines;
            logger.LogWarning("Predicting with run {Run} failed: {Errors}", run, trainer.LastErrors);
            throw new DatasetException(trainer.LastErrors is { Length: > 0 } errors ? errors.Split('\n')[^1] : "The classifier's process ended without a word; the site's log may hold more.");
        }
        finally
        {
            File.Delete(file);
        }
    }
}
