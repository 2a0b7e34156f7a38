using System.Runtime.CompilerServices;
using System.Text.Json;
using AsFT.Data;
using AsFT.Experiments.Classification;
using AsFT.Experiments.Datasets;
using AsFT.Experiments.Specification;
using AsFT.Web.Runs.Supervision;
using AsFT.Web.Shared;

namespace AsFT.Web.Runs.Classification;

/// <summary>Lets the classifier of a run give labels to texts, in a process of its own; further ones wait.</summary>
public sealed class Predictor(AppPaths paths, ILogger<Predictor> logger) : IDisposable
{
    private const long LargestFile = 256L << 20;
    private const int AtOnce = 2, LinesAhead = 1000;

    private readonly SemaphoreSlim places = new(AtOnce);

    public string DirectoryOf(Guid run) => Path.Combine(paths.Run(run), "classifier");

    public bool Has(Guid run) => ClassifierManifest.IsIn(DirectoryOf(run));

    /// <summary>CSV for one text; its second line is the answer.</summary>
    /// <exception cref="DatasetException">with what went wrong</exception>
    public async Task<IReadOnlyList<string>> PredictAsync(Guid run, string text, CancellationToken cancel = default)
    {
        using var body = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(new { text }));
        return await PredictFileAsync(run, "text.jsonl", body, cancel).ToListAsync(cancel);
    }

    /// <summary>CSV for every text of a file, line by line as they come.</summary>
    /// <param name="name">the file's own name, whose ending tells its format</param>
    /// <exception cref="DatasetException">the file cannot be read; before the first line if none of it can</exception>
    public async IAsyncEnumerable<string> PredictFileAsync(Guid run, string name, Stream body, [EnumeratorCancellation] CancellationToken cancel)
    {
        var extension = Path.GetExtension(name).ToLowerInvariant();
        if (!RecordReader.Extensions.Contains(extension)) throw new DatasetException($"Files ending in '{(extension.Length <= 12 ? extension : "…")}' are not read; take one of {string.Join(", ", RecordReader.Extensions)}.");
        var file = Path.Combine(paths.Uploads, $"{Guid.NewGuid():N}{extension}");
        try
        {
            await KeepAsync(body, file, cancel);
            await foreach (var line in AskAsync(["predict", DirectoryOf(run), file], cancel)) yield return line;
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>CSV with the scores of the classifier on a stored dataset: a line a label, then those over all.</summary>
    /// <exception cref="DatasetException">the dataset has no labels, or others</exception>
    public async Task<IReadOnlyList<string>> ScoreAsync(Guid run, Dataset dataset, CancellationToken cancel = default) =>
        await AskAsync(["evaluate", DirectoryOf(run), new Pinned("", dataset.Sha256).Key, $"--datasets={paths.Datasets}"], cancel).ToListAsync(cancel);

    public void Dispose() => places.Dispose();

    private static async Task KeepAsync(Stream body, string file, CancellationToken cancel)
    {
        await using var to = File.Create(file);
        var buffer = new byte[128 * 1024];
        for (int n; (n = await body.ReadAsync(buffer, cancel)) > 0;)
        {
            await to.WriteAsync(buffer.AsMemory(0, n), cancel);
            if (to.Length > LargestFile) throw new DatasetException($"The file is larger than {LargestFile >> 20} MB; split it, or call asft predict on it.");
        }
    }

    /// <summary>
    /// What the process prints, one line late: the header comes out once there is an answer below it or the process has ended well,
    /// so that a file of which nothing can be read fails before the first line. Who leaves ends the process.
    /// </summary>
    private async IAsyncEnumerable<string> AskAsync(string[] arguments, [EnumeratorCancellation] CancellationToken cancel)
    {
        await places.WaitAsync(cancel);
        try
        {
            using var trainer = new TrainerProcess(arguments, LinesAhead);
            await using var ended = cancel.Register(trainer.End);
            await foreach (var line in LateAsync(trainer)) yield return line;
            cancel.ThrowIfCancellationRequested();
        }
        finally
        {
            places.Release();
        }
    }

    private async IAsyncEnumerable<string> LateAsync(TrainerProcess trainer)
    {
        string? held = null;
        try
        {
            await foreach (var line in trainer.Lines.ReadAllAsync(CancellationToken.None))
            {
                if (held is not null) yield return held;
                held = line;
            }
            if (await trainer.Exited != 0) throw Failure(trainer);
            if (held is not null) yield return held;
        }
        finally
        {
            if (!trainer.Exited.IsCompleted) trainer.End();
            await foreach (var _ in trainer.Lines.ReadAllAsync(CancellationToken.None)) { }
        }
    }

    private DatasetException Failure(TrainerProcess trainer)
    {
        logger.LogWarning("asft failed: {Errors}", trainer.LastErrors);
        return new(trainer.LastErrors is { Length: > 0 } errors ? errors.Split('\n')[^1] : "The classifier's process ended without a word; the site's log may hold more.");
    }
}
