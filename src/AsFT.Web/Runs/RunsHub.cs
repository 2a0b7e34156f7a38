using Microsoft.AspNetCore.SignalR;

namespace AsFT.Web.Runs;

/// <summary>
/// /hubs/runs. A watcher joins a run and is told "events", the lines of events.jsonl as they are stored, and "state".
/// Joining first and reading the history second misses nothing; what comes twice has the same (series, step).
/// </summary>
public sealed class RunsHub : Hub
{
    public Task Join(Guid run) => Groups.AddToGroupAsync(Context.ConnectionId, Group(run));

    public Task Leave(Guid run) => Groups.RemoveFromGroupAsync(Context.ConnectionId, Group(run));

    public static string Group(Guid run) => $"run:{run}";
}

/// <summary>Tells the watchers of a run.</summary>
public sealed class RunBroadcast(IHubContext<RunsHub> hub)
{
    public Task EventsAsync(Guid run, IReadOnlyList<string> lines) => hub.Clients.Group(RunsHub.Group(run)).SendAsync("events", lines);

    /// <summary>Something but the events changed; the run itself says what.</summary>
    public Task StateAsync(Guid run) => hub.Clients.Group(RunsHub.Group(run)).SendAsync("state");
}
