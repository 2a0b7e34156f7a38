namespace AsFT.Web.Runs.Supervision;

/// <summary>Looks at all unfinished series of runs, at start and now and then.</summary>
public sealed class FollowerRecovery(IEnumerable<IRunFollower> followers, ILogger<FollowerRecovery> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Every);
        do
        {
            try
            {
                foreach (var follower in followers) await follower.AdvanceAllAsync(stopping);
            }
            catch (Exception e) when (e is not OperationCanceledException) // tried again; nothing of it may end the site
            {
                logger.LogWarning("Sweeps and tournaments wait: {Problem}", e.InnerException?.Message ?? e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stopping));
    }
}
