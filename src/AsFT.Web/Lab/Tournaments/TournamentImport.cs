using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AsFT.Data;
using AsFT.Experiments.Events;
using AsFT.Experiments.Specification;
using AsFT.Experiments.Tournaments;
using AsFT.Web.Runs.Supervision;
using AsFT.Web.Shared;
using Microsoft.EntityFrameworkCore;

namespace AsFT.Web.Lab.Tournaments;

/// <summary>
/// Takes over what <c>asft lab tournament</c> left: tournament.yaml, its runs below runs/, and below others/ runs beside it, such as basins, each in a
/// folder named by its id. All become ordinary runs. Ids follow from what is taken over, so that doing it again, also after a crash in the middle, adds nothing twice.
/// </summary>
public sealed class TournamentImport(IDbContextFactory<AppDbContext> contexts, RunRecorder recorder, AppPaths paths)
{
    /// <summary>What the tag of an imported run says.</summary>
    public const string Tag = "imported";

    private const long LargestContent = 2L << 30;
    private const int MostFiles = 200_000;

    private readonly SemaphoreSlim one = new(1); // two of the same archive would take each other's folders away

    /// <exception cref="SpecificationException">it holds no tournament, or what it holds cannot be read</exception>
    /// <param name="again">also where it was deleted here</param>
    public async Task<Guid> ImportArchiveAsync(Stream archive, bool again)
    {
        var folder = Path.Combine(paths.Uploads, Guid.NewGuid().ToString("N"));
        await one.WaitAsync();
        try
        {
            using (var zip = new ZipArchive(archive))
            {
                if (zip.Entries.Count > MostFiles || zip.Entries.Aggregate(0L, (sum, e) => sum + Math.Min(e.Length, LargestContent)) > LargestContent) throw new SpecificationException([new("", $"the archive unfolds to more than {MostFiles} files or {Show.Bytes(LargestContent)}")]);
                await zip.ExtractToDirectoryAsync(folder);
            }
            return await ImportAsync(again, Directory.EnumerateFiles(folder, "tournament.yaml", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(Path.GetDirectoryName).FirstOrDefault() ?? folder);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException or JsonException)
        {
            throw new SpecificationException([new("", $"the file is no zip archive of a tournament, or a damaged one ({e.Message.Split('\n')[0]}); take what 'asft lab pack' wrote")]);
        }
        finally
        {
            one.Release();
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<Guid> ImportAsync(bool again, string path)
    {
        var folder = new TournamentFolder(path);
        var request = folder.Read();
        var id = IdOf(await File.ReadAllTextAsync(Path.Combine(path, "tournament.yaml")));
        if (again) await ForgetDeletedAsync(id);
        if (await ExistsAsync<Tournament>(id)) return id;
        if (TournamentRules.Check(request) is { Count: > 0 } faults) throw new SpecificationException(faults);
        var runs = folder.Runs(request);
        var others = Path.Combine(path, "others");
        foreach (var other in Directory.Exists(others) ? Directory.EnumerateDirectories(others) : [])
            await TakeAsync(other, Guid.TryParse(Path.GetFileName(other), out var named) ? named : IdOf(id + Path.GetFileName(other)), null);
        var possible = TournamentPlan.Possible(request).ToDictionary(r => (r.Cell.Key, r.Seed));
        foreach (var run in runs.Where(r => r.State != TournamentRunState.Open))
            await TakeAsync(folder.Of(possible[(run.Cell, run.Seed)]), IdOf(id + run.Id), new(id, request.Name, run));
        await AddAsync(id, request, new TournamentPlan(request, runs).IsFinished ? TournamentState.Completed : TournamentState.Stopped);
        return id;
    }

    /// <summary>It lasted from the first of its runs to the last.</summary>
    private async Task AddAsync(Guid id, TournamentRequest request, TournamentState state)
    {
        await using var db = await contexts.CreateDbContextAsync();
        var times = await db.Runs.Where(r => r.TournamentId == id).Select(r => new { r.CreatedAt, r.FinishedAt }).ToListAsync();
        db.Add(new Tournament { Id = id, Name = request.Name, Request = request.ToJson(), State = state, CreatedAt = times.Select(t => t.CreatedAt).DefaultIfEmpty(DateTime.UtcNow).Min(), FinishedAt = times.Max(t => t.FinishedAt) ?? DateTime.UtcNow });
        await db.SaveChangesAsync();
    }

    private sealed record Place(Guid Tournament, string Name, TournamentRun Run);

    private async Task TakeAsync(string directory, Guid id, Place? place)
    {
        if (!await ExistsAsync<Run>(id))
        {
            var run = RunOf(directory, id, place);
            if (Directory.Exists(paths.Run(id))) Directory.Delete(paths.Run(id), recursive: true); // a try that was cut off
            Copy(directory, paths.Run(id));
            await using var db = await contexts.CreateDbContextAsync();
            db.Add(run);
            await db.SaveChangesAsync();
        }
        await recorder.CatchUpAsync(id);
    }

    /// <summary>As its events tell of it.</summary>
    private static Run RunOf(string directory, Guid id, Place? place)
    {
        var specification = SpecificationText.FromJson(File.ReadAllText(Path.Combine(directory, "spec.json")));
        var events = EventLog.Read(Path.Combine(directory, "events.jsonl")).ToList();
        var failed = events.OfType<Failed>().LastOrDefault();
        if (failed is null && !events.Exists(e => e is Finished)) throw new SpecificationException([new("", $"the run {Path.GetFileName(directory)} is not over; finish it before the tournament is packed")]);
        var (from, to) = (events[0].Time.UtcDateTime, events[^1].Time.UtcDateTime);
        return new()
        {
            Id = id, Name = specification.Name, Specification = SpecificationText.ToJson(specification), Hash = SpecificationText.Hash(specification),
            Tags = place is null ? Tag : $"tournament:{place.Name} {Tag}", TournamentId = place?.Tournament, Cell = place?.Run.Cell, Seed = place?.Run.Seed,
            State = events.Exists(e => e is Finished { Outcome: "completed" }) ? RunState.Completed : failed is null ? RunState.Stopped : failed.Reason == "diverged" ? RunState.Diverged : RunState.Failed, Cause = failed?.Cause,
            CreatedAt = from, QueuedAt = from, StartedAt = from, FinishedAt = to,
        };
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    /// <summary>What stays of a deleted one keeps it from coming back by itself, and must not keep it from being brought back.</summary>
    private async Task ForgetDeletedAsync(Guid id)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await db.Tournaments.Where(t => t.Id == id && t.State == TournamentState.Deleted).ExecuteDeleteAsync();
    }

    private async Task<bool> ExistsAsync<T>(Guid id) where T : class
    {
        await using var db = await contexts.CreateDbContextAsync();
        return await db.Set<T>().FindAsync(id) is not null;
    }

    private static Guid IdOf(string text) => new(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));
}
