using AsFT.Data;
using AsFT.Experiments.Tournaments;
using AsFT.Web.Runs.Supervision;
using Microsoft.EntityFrameworkCore;

namespace AsFT.Web.Lab.Tournaments;

/// <summary>Reads tournaments: what their runs measured at their end.</summary>
public sealed class TournamentHistory(IDbContextFactory<AppDbContext> contexts, RunWorkers workers)
{
    private static readonly string[] Read = [CellResult.HarmSeries, CellResult.RefusedSeries, CellResult.OverRefusalSeries, CellResult.IncoherentSeries, CellResult.AccuracySeries, StrengthChoice.HarmSeries, StrengthChoice.IncoherentSeries, StrengthChoice.AccuracySeries];

    public async Task<TournamentView?> FindAsync(Guid id)
    {
        await using var db = await contexts.CreateDbContextAsync();
        return await db.Tournaments.AsNoTracking().SingleOrDefaultAsync(t => t.Id == id && t.State != TournamentState.Deleted) is { } tournament ? await ViewAsync(db, tournament) : null;
    }

    /// <summary>The newest first.</summary>
    public async Task<IReadOnlyList<TournamentSummary>> ListAsync()
    {
        await using var db = await contexts.CreateDbContextAsync();
        var runs = (await db.Runs.Where(r => r.TournamentId != null).GroupBy(r => new { r.TournamentId, r.State }).Select(g => new { g.Key.TournamentId, g.Key.State, Count = g.Count() }).ToListAsync()).ToLookup(r => r.TournamentId);
        return [.. (await db.Tournaments.AsNoTracking().Where(t => t.State != TournamentState.Deleted).OrderByDescending(t => t.CreatedAt).ToListAsync()).Select(t => (Row: t, Request: TournamentRequest.FromJson(t.Request)))
            .Select(t => new TournamentSummary(t.Row.Id, t.Row.Name, t.Row.State, t.Row.CreatedAt, [.. t.Request.Methods.Select(m => m.Name)], t.Request.Seeds, runs[t.Row.Id].Where(r => Run.IsOver(r.State)).Sum(r => r.Count), runs[t.Row.Id].Sum(r => r.Count)))];
    }

    /// <summary>How long the latest completed runs of tournaments took here, the middle one; null if there is none.</summary>
    public async Task<TimeSpan?> PaceAsync()
    {
        await using var db = await contexts.CreateDbContextAsync();
        var times = await db.Runs.Where(r => r.TournamentId != null && r.State == RunState.Completed && !r.Tags.Contains(TournamentImport.Tag)).OrderByDescending(r => r.FinishedAt).Take(20).Select(r => new { r.StartedAt, r.FinishedAt }).ToListAsync();
        return times.Select(t => t.FinishedAt - t.StartedAt).Order().ElementAtOrDefault(times.Count / 2);
    }

    /// <summary>The name of a run's tournament.</summary>
    public async Task<string?> NameAsync(Guid id)
    {
        await using var db = await contexts.CreateDbContextAsync();
        return await db.Tournaments.Where(t => t.Id == id).Select(t => t.Name).SingleOrDefaultAsync();
    }

    private async Task<TournamentView> ViewAsync(AppDbContext db, Tournament tournament)
    {
        var runs = await db.Runs.AsNoTracking().Where(r => r.TournamentId == tournament.Id).OrderBy(r => r.CreatedAt)
            .Select(r => new { r.Id, r.Cell, r.Seed, r.State, r.Cause, r.StartedAt, r.FinishedAt }).ToListAsync();
        var scores = await ScoresAsync(db, tournament.Id);
        var request = TournamentRequest.FromJson(tournament.Request);
        return TournamentView.Of(tournament, request, [.. runs.Select(r => new TournamentRun(r.Id.ToString(), r.Cell!, r.Seed!.Value, State(r.State, tournament.State), scores.GetValueOrDefault(r.Id, []),
            r.State == RunState.Completed ? (r.FinishedAt - r.StartedAt)?.TotalSeconds : null, r.Cause))], runs.Count(r => !Run.IsOver(r.State)), runs.Exists(r => r.State == RunState.Stopping), Math.Min(workers.Count, request.AtOnce == 0 ? int.MaxValue : request.AtOnce));
    }

    /// <summary>A run that was stopped with its tournament is gone on with; one that was stopped by itself is not waited for.</summary>
    private static TournamentRunState State(RunState run, TournamentState tournament) => run switch
    {
        RunState.Completed => TournamentRunState.Completed,
        RunState.Stopped when tournament == TournamentState.Stopped => TournamentRunState.Open,
        _ => Run.IsOver(run) ? TournamentRunState.Broken : TournamentRunState.Open,
    };

    private static async Task<Dictionary<Guid, Dictionary<string, double>>> ScoresAsync(AppDbContext db, Guid tournament)
    {
        var points = await (from p in db.Points
                            join r in db.Runs on p.RunId equals r.Id
                            where r.TournamentId == tournament && Read.Contains(p.Series) && p.Step > 0
                            orderby p.Step
                            select new { p.RunId, p.Series, p.Value }).ToListAsync();
        return points.GroupBy(p => p.RunId).ToDictionary(g => g.Key, g => g.GroupBy(p => p.Series).ToDictionary(s => s.Key, s => s.Last().Value));
    }
}
