namespace AsFT.Web.Runs.Supervision;

/// <summary>Whatever queues one run after another, such as a sweep, and goes on when one of them is over.</summary>
public interface IRunFollower
{
    /// <summary>A run is over, or will not be run.</summary>
    Task FollowAsync(Guid run);

    /// <summary>Goes on with all that is unfinished: after a crash, and where a run was deleted or ended on another machine.</summary>
    Task AdvanceAllAsync(CancellationToken cancel);
}
