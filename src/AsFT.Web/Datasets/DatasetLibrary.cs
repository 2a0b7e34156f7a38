using AsFT.Data;
using AsFT.Experiments.Datasets;
using AsFT.Web.Shared;
using Microsoft.EntityFrameworkCore;

namespace AsFT.Web.Datasets;

/// <summary>A dataset, and whether the very same bytes were stored before.</summary>
public sealed record StoredDataset(Dataset Dataset, bool Duplicate);

/// <summary>The stored datasets: what pages and endpoints both call.</summary>
public sealed class DatasetLibrary(IDbContextFactory<AppDbContext> contexts, AppPaths paths)
{
    private readonly SemaphoreSlim registering = new(1);

    public async Task<IReadOnlyList<Dataset>> ListAsync()
    {
        await using var db = await contexts.CreateDbContextAsync();
        return await db.Datasets.AsNoTracking().OrderByDescending(d => d.CreatedAt).ToListAsync();
    }

    public async Task<Dataset?> FindAsync(Guid id)
    {
        await using var db = await contexts.CreateDbContextAsync();
        return await db.Datasets.AsNoTracking().SingleOrDefaultAsync(d => d.Id == id);
    }

    public DatasetFolder Folder(Dataset dataset) => DatasetFolder.At(paths.Datasets, dataset.Sha256);

    /// <summary>Reads a file on disk and stores it once under its hash.</summary>
    /// <exception cref="DatasetException">the file is no dataset</exception>
    public async Task<StoredDataset> ImportAsync(string file, string fileName, IProgress<long>? progress = null, CancellationToken cancel = default)
    {
        var name = CleanName(fileName);
        var summary = (await DatasetFolder.ImportAsync(paths.Datasets, file, name, progress, cancel)).Summary;
        await registering.WaitAsync(cancel); // the same file may come twice at once
        try
        {
            return await RegisterAsync(summary, name, cancel);
        }
        finally
        {
            registering.Release();
        }
    }

    private async Task<StoredDataset> RegisterAsync(DatasetSummary summary, string name, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        if (await db.Datasets.SingleOrDefaultAsync(d => d.Sha256 == summary.Sha256, cancel) is { } known) return new(known, true);
        var dataset = new Dataset
        {
            Name = await FreeNameAsync(db, Path.GetFileNameWithoutExtension(name) is { Length: > 0 } named ? named : "dataset", cancel), Sha256 = summary.Sha256, Kind = summary.Kind,
            Format = summary.Format, Bytes = summary.Bytes, Rows = summary.Rows, SetAside = summary.SetAside,
        };
        db.Datasets.Add(dataset);
        await db.SaveChangesAsync(cancel);
        return new(dataset, false);
    }

    /// <summary>Forgets a dataset and frees its space. A run that waits for it fails with that cause.</summary>
    /// <returns>false if there is none</returns>
    public async Task<bool> DeleteAsync(Guid id)
    {
        await using var db = await contexts.CreateDbContextAsync();
        if (await db.Datasets.FindAsync(id) is not { } dataset) return false;
        db.Datasets.Remove(dataset);
        await db.SaveChangesAsync();
        var folder = Path.Combine(paths.Datasets, dataset.Sha256);
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        return true;
    }

    /// <summary>The last part of a name, without what a file system or a page could stumble over. It is shown, never used as a path.</summary>
    /// <exception cref="DatasetException">nothing is left of it</exception>
    public static string CleanName(string? fileName)
    {
        var last = (fileName ?? "").Split('/', '\\')[^1];
        var clean = new string([.. last.Where(c => !char.IsControl(c))]).Trim();
        if (clean.Trim('.').Length == 0) throw new DatasetException("The file has no name that can be shown. Rename it and upload it again.");
        return clean.Length <= 150 ? clean : clean[..100] + clean[^50..];
    }

    private static async Task<string> FreeNameAsync(AppDbContext db, string name, CancellationToken cancel)
    {
        for (var n = 1; ; n++)
        {
            var candidate = n == 1 ? name : $"{name} ({n})";
            if (!await db.Datasets.AnyAsync(d => d.Name == candidate, cancel)) return candidate;
        }
    }
}
