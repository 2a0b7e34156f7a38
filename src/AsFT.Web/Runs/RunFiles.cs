using System.Globalization;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text;
using AsFT.Data;
using AsFT.Experiments.Basin;
using AsFT.Experiments.Events;
using AsFT.Experiments.Specification;
using AsFT.Web.Shared;

namespace AsFT.Web.Runs;

/// <summary>What can be taken away from a run.</summary>
public sealed class RunFiles(RunHistory history, AppPaths paths)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    public bool HasAdapter(Guid id) => File.Exists(Path.Combine(paths.Run(id), "adapter", "adapter_model.safetensors"));

    /// <summary>Where all weights were trained, or a defence changed those below the adapter.</summary>
    public bool HasWholeModel(Guid id) => File.Exists(Path.Combine(paths.Run(id), "model", "model.safetensors"));

    /// <summary>Something that another run can go on from.</summary>
    public bool HasResult(Guid id) => HasAdapter(id) || HasWholeModel(id);

    /// <summary>There is one beside the last only where an earlier evaluation was better.</summary>
    public bool HasBest(Guid id) => new[] { "adapter_model.safetensors", "model.safetensors" }.Any(f => File.Exists(Path.Combine(paths.Run(id), "best", f)));

    /// <summary>Adapters along the way, where the run was asked to keep them.</summary>
    public bool HasSnapshots(Guid id) => Directory.Exists(Path.Combine(paths.Run(id), "snapshots"));

    public bool HasBasin(Guid id) => File.Exists(Path.Combine(paths.Run(id), BasinReport.JsonName));

    public bool HasAnswers(Guid id) => Directory.Exists(Path.Combine(paths.Run(id), "answers"));

    /// <summary>A file that lies in the run's folder.</summary>
    public FileStream Open(Guid id, string name) => new(Path.Combine(paths.Run(id), name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);

    public string EventsFile(Guid id) => Path.Combine(paths.Run(id), "events.jsonl");

    /// <summary>A folder of a run as a zip archive, written while it is read. Weights are numbers without pattern, which packing does not make smaller.</summary>
    public async Task ZipAsync(Guid id, string folder, Stream to, CancellationToken cancel)
    {
        var root = Path.Combine(paths.Run(id), folder);
        await using var archive = await ZipArchive.CreateAsync(to, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, cancel);
        foreach (var file in Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Order())
        {
            var entry = archive.CreateEntry(Path.GetRelativePath(root, file).Replace('\\', '/'), Path.GetExtension(file) == ".safetensors" ? CompressionLevel.NoCompression : CompressionLevel.Fastest);
            await using var from = File.OpenRead(file);
            await using var into = await entry.OpenAsync(cancel);
            await from.CopyToAsync(into, cancel);
        }
    }

    public static string Yaml(RunView run) => SpecificationText.ToYaml(SpecificationText.FromJson(run.Specification.ToJsonString()));

    /// <summary>One line a step, one column a series; empty where a series has no value at a step.</summary>
    public async Task<string> CsvAsync(Guid id)
    {
        var all = await history.SeriesAsync(id);
        var rows = new SortedDictionary<int, (double Epoch, string[] Cells)>();
        for (var s = 0; s < all.Count; s++)
            for (var i = 0; i < all[s].Steps.Count; i++)
            {
                if (!rows.TryGetValue(all[s].Steps[i], out var row)) rows[all[s].Steps[i]] = row = (all[s].Epochs[i], new string[all.Count]);
                row.Cells[s] = all[s].Values[i].ToString("R", CultureInfo.InvariantCulture);
            }
        var text = new StringBuilder("step,epoch," + string.Join(',', all.Select(s => CsvCell.Of(s.Name))) + "\n");
        foreach (var (step, (epoch, cells)) in rows) text.Append(CultureInfo.InvariantCulture, $"{step},{epoch:R},{string.Join(',', cells)}\n");
        return text.ToString();
    }

    /// <summary>The lines of events.jsonl after one, and those that are still to come until the run is over.</summary>
    public async IAsyncEnumerable<RunEvent> FollowAsync(Guid id, long after, [EnumeratorCancellation] CancellationToken cancel)
    {
        long read = 0;
        while (true)
        {
            var over = await history.IsOverAsync(id); // asked before reading: what came in between is read
            (var events, read) = EventLog.ReadOn(EventsFile(id), read);
            foreach (var e in events.Where(e => e.Seq > after))
            {
                after = e.Seq;
                yield return e;
            }
            if (over) yield break;
            await Task.Delay(Look, cancel);
        }
    }
}
