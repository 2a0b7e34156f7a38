using System.Text.Json.Nodes;
using AsFT.Experiments.Specification;
using AsFT.Web.Runs;

namespace AsFT.Web.Gallery;

/// <summary>One run with the short form of its curves.</summary>
public sealed record ComparedRun(RunView Run, IReadOnlyDictionary<string, SeriesSummary> Series)
{
    private static readonly string[] Penalties = ["asft", "l2", "reversed"];

    public bool IsClassifier => Run.Specification["loss"] is not null;

    public bool IsBasin => Run.Specification["basin"] is not null;

    /// <summary>All defences of the run, the main one first; of a classifier its loss.</summary>
    public string Method => IsClassifier ? (string)Run.Specification["loss"]!["kind"]! : IsBasin ? "basin" : string.Join(" + ", Kinds);

    /// <summary>λ of a penalty, or α of a classifier's loss; null where neither is read.</summary>
    public double? Strength => IsClassifier ? Method == "bce" ? null : (double)Run.Specification["loss"]!["alpha"]! : Kinds.Any(Penalties.Contains) ? (double)Run.Specification["method"]!["lambda"]! : null;

    private IEnumerable<string> Kinds => IsBasin ? [] : (Run.Specification["method"]!["with"]?.AsArray() ?? []).Select(k => (string)k!).Prepend((string)Run.Specification["method"]!["kind"]!);

    public double? Final(string series) => Series.TryGetValue(series, out var s) ? s.Final : null;

    /// <summary>The task's main score: the last accuracy, or macro F1 where labels are predicted; of a classifier macro F1 on dev with the weights that are kept, never on test, by which nobody should choose.</summary>
    public double? Score => IsClassifier ? Final("dev_best/f1_macro") ?? Series.GetValueOrDefault("eval/f1_macro")?.Max : Final("eval/accuracy") ?? Final("eval/f1_macro");

    /// <summary>Whether a setting changes anything in this run.</summary>
    public bool Reads(string path) => path switch
    {
        "method.lambda" => !IsClassifier && Strength is not null,
        "loss.alpha" => IsClassifier && Method != "bce",
        _ => true,
    };

    public double? Loss => Final("loss/task") ?? Final("loss/bce");

    /// <summary>A run read anew is the same run, so that it stays selected.</summary>
    public bool Equals(ComparedRun? other) => Run.Id == other?.Run.Id;

    public override int GetHashCode() => Run.Id.GetHashCode();
}

/// <summary>What several runs have in common and what not.</summary>
public static class RunComparison
{
    /// <summary>Settings that are not the same in all runs, by path, one value a run.</summary>
    public static IReadOnlyList<(string Path, IReadOnlyList<string> Values)> Differences(IReadOnlyList<ComparedRun> runs)
    {
        var flat = runs.Select(r => Flatten(r.Run.Specification, "").ToDictionary(p => p.Path, p => p.Value)).ToList();
        return [.. flat.SelectMany(f => f.Keys).Distinct().Where(path => path != "name")
            .Select(path => (path, (IReadOnlyList<string>)[.. flat.Zip(runs, (f, r) => r.Reads(path) ? f.GetValueOrDefault(path, "—") : "—")]))
            .Where(d => d.Item2.Where((_, i) => runs[i].Reads(d.path)).Distinct().Count() > 1)];
    }

    /// <summary>Series worth a line in the table, those of interest first.</summary>
    public static IReadOnlyList<string> Scores(IReadOnlyList<ComparedRun> runs) =>
        [.. runs.SelectMany(r => r.Series.Keys).Distinct()
            .Where(s => (s.StartsWith("eval/", StringComparison.Ordinal) || s.StartsWith("dev_best/", StringComparison.Ordinal) || s.StartsWith("test/", StringComparison.Ordinal) || s.StartsWith("loss/", StringComparison.Ordinal)) && !s.EndsWith("_low", StringComparison.Ordinal) && !s.EndsWith("_high", StringComparison.Ordinal))
            .OrderBy(s => s.StartsWith("eval/", StringComparison.Ordinal) ? 0 : 1).ThenBy(s => s, StringComparer.Ordinal)];

    private static readonly string[] LowIsGood = ["eval/harmful", "eval/harmful_second", "eval/harmful_corrected", "eval/harmful_second_corrected", "eval/over_refusal", "eval/incoherent", "eval/unjudged", "eval/unjudged_second", "eval/over_refusal_unjudged", "eval/judges_disagree"];

    /// <summary>Lowest for losses, harmfulness and incoherence; highest for all other scores.</summary>
    public static double Best(string series, SeriesSummary s) => series.StartsWith("loss/", StringComparison.Ordinal) || LowIsGood.Contains(series) ? s.Min : s.Max;

    /// <summary>What was measured differently; such scores must not be ranked.</summary>
    public static IReadOnlyList<string> ProtocolDifferences(IEnumerable<IReadOnlyDictionary<string, string>> protocols)
    {
        var all = protocols.ToList();
        return [.. all.SelectMany(p => p.Keys).Distinct().Where(k => k != "seed" && !k.EndsWith("_cut", StringComparison.Ordinal) && all.Select(p => p.GetValueOrDefault(k, "not measured")).Distinct().Count() > 1)];
    }

    private static IEnumerable<(string Path, string Value)> Flatten(JsonNode? node, string path) => node switch
    {
        JsonObject o => o.SelectMany(p => Flatten(p.Value, path.Length == 0 ? p.Key : $"{path}.{p.Key}")),
        JsonArray a => [(path, string.Join(", ", a.Select(i => Words(i))))],
        _ => [(path, Words(node))],
    };

    private static string Words(JsonNode? value) => value is null ? "none" : Pinned.Parse(value.ToString()) is { } p ? $"{p.Name} ({p.Sha256[..8]})" : value.ToString();
}
