using Hangfire;

namespace AsFT.Web.Runs.Supervision;

/// <summary>How many runs can train at the same time, on all machines that share the queue.</summary>
public sealed class RunWorkers(JobStorage storage, IConfiguration configuration)
{
    private readonly int own = Math.Max(1, configuration.GetValue("Runs:Workers", 1));

    /// <summary>A site that has just started is not on the list yet, so its own are counted at least.</summary>
    public int Count => Math.Max(own, storage.GetMonitoringApi().Servers().Sum(s => s.WorkersCount));
}
