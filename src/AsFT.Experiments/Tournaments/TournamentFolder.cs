using AsFT.Experiments.Events;
using AsFT.Experiments.Specification;

namespace AsFT.Experiments.Tournaments;

/// <summary>
/// A tournament on disk: tournament.yaml, and below runs/ an ordinary run's folder for each. Which run a folder is follows from its name, and that it is
/// this tournament's from its specification. The events alone say how far each has come.
/// </summary>
public sealed class TournamentFolder(string path)
{
    private readonly Dictionary<string, TournamentRun> over = []; // what is over stays so, and is read once
    private readonly HashSet<string> looked = [];

    private string RequestFile => Path.Combine(path, "tournament.yaml");

    public string Of(TournamentRunKey run) => Path.Combine(path, "runs", run.Cell.FolderOf(run.Seed));

    /// <exception cref="SpecificationException">there is none, or it cannot be read</exception>
    public TournamentRequest Read() => File.Exists(RequestFile) ? TournamentRequest.Parse(File.ReadAllText(RequestFile)) : throw new SpecificationException([new("", $"{path} holds no tournament.yaml")]);

    /// <summary>Whole or not there, for others may be reading.</summary>
    public void Write(TournamentRequest request)
    {
        Directory.CreateDirectory(Path.Combine(path, "runs"));
        var aside = $"{RequestFile}.{Guid.NewGuid():N}";
        File.WriteAllText(aside, request.ToYaml());
        File.Move(aside, RequestFile, overwrite: true);
    }

    /// <summary>The runs that have begun.</summary>
    /// <exception cref="SpecificationException">a folder holds another run than the request asks for</exception>
    public IReadOnlyList<TournamentRun> Runs(TournamentRequest request)
    {
        var folder = Path.Combine(path, "runs");
        if (!Directory.Exists(folder)) return [];
        var there = Directory.EnumerateDirectories(folder).Select(d => Path.GetFileName(d)).ToHashSet();
        return [.. TournamentPlan.Possible(request).Where(r => there.Contains(r.Cell.FolderOf(r.Seed))).Select(r => Find(request, r)).OfType<TournamentRun>()];
    }

    /// <summary>A run as its events tell of it; null where it has not begun.</summary>
    /// <exception cref="SpecificationException">the folder holds another run than the request asks for</exception>
    public TournamentRun? Find(TournamentRequest request, TournamentRunKey run)
    {
        var name = run.Cell.FolderOf(run.Seed);
        if (over.TryGetValue(name, out var known)) return known;
        var events = EventLog.Read(Path.Combine(Of(run), "events.jsonl")).ToList();
        if (events.Count == 0) return null;
        if (looked.Add(name)) Check(request, run);
        var found = Tell(run, name, events);
        if (found.State != TournamentRunState.Open) over[name] = found;
        return found;
    }

    private static TournamentRun Tell(TournamentRunKey run, string name, List<RunEvent> events)
    {
        var evaluations = events.OfType<Evaluation>().ToList();
        var scores = evaluations.Where(e => e.Step == evaluations[^1].Step).SelectMany(e => e.Values).GroupBy(v => v.Key).ToDictionary(g => g.Key, g => g.Last().Value);
        return events.LastOrDefault(e => e is Started or Finished or Failed or Log) switch // a log line after the end: it goes on
        {
            Finished { Outcome: "completed" } f => new(name, run.Cell.Key, run.Seed, TournamentRunState.Completed, scores, f.Seconds),
            Failed f => new(name, run.Cell.Key, run.Seed, TournamentRunState.Broken, scores, Cause: f.Cause),
            _ => new(name, run.Cell.Key, run.Seed, TournamentRunState.Open, scores),
        };
    }

    /// <summary>A folder of an earlier request whose settings were others must not be counted as this one's.</summary>
    private void Check(TournamentRequest request, TournamentRunKey run)
    {
        var wanted = TournamentPlan.SpecificationOf(request, run, []);
        var file = Path.Combine(Of(run), "spec.json");
        if (File.Exists(file) && SpecificationText.Hash(SpecificationText.Parse(File.ReadAllText(file))) == SpecificationText.Hash(wanted)) return;
        throw new SpecificationException([new("", $"{Of(run)} holds a run with other settings than the tournament asks for; take another folder, or delete that one")]);
    }
}
