namespace AsFT.Experiments.Tournaments;

/// <summary>Open: waits, trains, or was left in the middle. Broken: failed, diverged or stopped; its seed is missing from the cell, and nothing waits for it.</summary>
public enum TournamentRunState { Open, Completed, Broken }

/// <summary>What a tournament knows of one of its runs.</summary>
/// <param name="Id">by which it is found: on the site its id, on the command line its folder</param>
/// <param name="Cell">the key of its cell</param>
/// <param name="Scores">the last value of each series of scores</param>
/// <param name="Seconds">from start to end; null until then</param>
/// <param name="Cause">why it broke off</param>
public sealed record TournamentRun(string Id, string Cell, int Seed, TournamentRunState State, IReadOnlyDictionary<string, double> Scores, double? Seconds = null, string? Cause = null)
{
    /// <summary>Null until it is completed, and where the series was not measured.</summary>
    public double? Score(string series) => State == TournamentRunState.Completed && Scores.TryGetValue(series, out var value) ? value : null;
}
