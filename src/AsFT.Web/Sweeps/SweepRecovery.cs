using AsFT.Data;
using AsFT.Web.Runs.Supervision;
using Microsoft.EntityFrameworkCore;

namespace AsFT.Web.Sweeps;

/// <summary>Sweeps go on after a crash, and where a run of theirs was deleted or ended on another machine: all that run are looked at, at start and now and then.</summary>
public sealed class SweepRecovery(IDbContextFactory<AppDbContext> contexts, SweepDriver driver, ILogger<SweepRecovery> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Every);
        do
        {
            try
            {
                await using var db = await contexts.CreateDbContextAsync(stopping);
                foreach (var id in await db.Sweeps.Where(s => s.State == SweepState.Running).Select(s => s.Id).ToListAsync(stopping)) await driver.AdvanceAsync(id);
            }
            catch (Exception e) when (RunRecorder.IsStorage(e))
            {
                logger.LogWarning("Sweeps wait for the database: {Problem}", e.InnerException?.Message ?? e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stopping));
    }
}
