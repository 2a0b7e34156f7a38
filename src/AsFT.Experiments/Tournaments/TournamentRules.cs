using System.Text.Json.Nodes;
using AsFT.Experiments.Search;
using AsFT.Experiments.Specification;

namespace AsFT.Experiments.Tournaments;

/// <summary>What a tournament may be.</summary>
public static class TournamentRules
{
    public const int LongestName = 80;
    private const int LongestPart = 40, MostValues = 50, MostRuns = 10_000;

    /// <summary>Settings in which methods must not differ: the same models, the same data, the same yardstick.</summary>
    private static readonly string[] Common = ["model.", "data.train", "data.template"];

    /// <summary>Every fault, each at its place in the request.</summary>
    public static IReadOnlyList<Fault> Check(TournamentRequest r)
    {
        var faults = Ranges.Check(r, "").ToList();
        if (r.Name.Length is 0 or > LongestName || r.Name.Any(char.IsControl)) faults.Add(new("name", $"has {r.Name.Length} characters; take 1 to {LongestName}"));
        if (r.SelectionSeeds > r.Seeds) faults.Add(new("selection_seeds", $"is {r.SelectionSeeds}, more than all {r.Seeds} seeds; take at most that"));
        faults.AddRange(Names(r.Methods.Select(m => m.Name), "methods").Concat(Names(r.Worlds.Select(w => w.Name), "worlds")).Concat(Names(r.Poison.Select(p => p.Name), "poison")));
        faults.AddRange(r.Worlds.SelectMany((w, i) => Settings(w.Settings, $"worlds.{i}", [])));
        faults.AddRange(r.Poison.SelectMany((p, i) => Settings(p.Settings, $"poison.{i}", ["model."])));
        faults.AddRange(r.Methods.SelectMany((m, i) => Settings(m.Settings, $"methods.{i}", Common).Concat(m.Strength is { } grid ? Strengths(grid, $"methods.{i}.strength") : [])));
        if (faults.Count > 0) return faults;
        faults.AddRange(Measures(r));
        faults.AddRange(Values(r));
        if (r.Undefended is null) faults.Add(new("methods", "name no plain fine-tuning to compare with; add one with the settings {method.kind: sft} and without strength"));
        else if (new TournamentPlan(r, []).Total is > MostRuns and var runs) faults.Add(new("seeds", $"make {runs} runs; a tournament has at most {MostRuns}"));
        return faults;
    }

    private static IEnumerable<Fault> Names(IEnumerable<string> names, string list)
    {
        var seen = new HashSet<string>();
        var count = 0;
        foreach (var name in names)
        {
            var at = $"{list}.{count++}.name";
            if (string.IsNullOrWhiteSpace(name) || name.Length > LongestPart || name.Contains('/') || name.Any(char.IsControl)) yield return new(at, $"is '{name}'; take 1 to {LongestPart} characters without a slash");
            else if (!seen.Add(TournamentCell.Slug(name))) yield return new(at, $"'{name}' is there already, or differs from another only in signs; take another name");
        }
        if (count == 0) yield return new(list, "is empty; name at least one");
    }

    private static IEnumerable<Fault> Settings(IReadOnlyDictionary<string, JsonNode?> settings, string at, string[] common) => settings.SelectMany(s => Setting(s.Key, s.Value, at, common));

    private static IEnumerable<Fault> Setting(string setting, JsonNode? value, string at, string[] common)
    {
        var yardstick = common.Length == 0 ? setting is "name" or "task" or "training.seed" : SweepRules.IsFixed(setting) || Array.Exists(common, c => setting.StartsWith(c, StringComparison.Ordinal));
        if (yardstick) yield return new(at, $"{setting}: must be the same for all, or they could not be compared; set it in the specification or in a world");
        else if (SettingPaths.Misfit(setting, value) is { } misfit) yield return new(at, misfit.ToString());
    }

    private static IEnumerable<Fault> Strengths(StrengthGrid grid, string at)
    {
        if (grid.Values.Count is 0 or > MostValues) yield return new(at, $"has {grid.Values.Count} values; list 1 to {MostValues}");
        else if (grid.Values.FirstOrDefault(v => TournamentCell.Text(v).Length > LongestPart) is { } tooLong) yield return new(at, $"holds {tooLong.ToJsonString()}; a value has at most {LongestPart} characters");
        else if (grid.Values.GroupBy(v => TournamentCell.Slug(TournamentCell.Text(v))).FirstOrDefault(g => g.Count() > 1) is { } twice) yield return new(at, $"lists {twice.First().ToJsonString()} twice");
        foreach (var fault in grid.Values.SelectMany(v => Setting(grid.Setting, v, at, Common)).Distinct()) yield return fault;
    }

    /// <summary>Strengths are chosen by what is measured on validation rows, and compared by what is measured on others.</summary>
    private static IEnumerable<Fault> Measures(TournamentRequest r)
    {
        if (r.Specification.Task != RunTask.FineTuning)
        {
            yield return new("specification.task", "is classification; a tournament compares defences of fine_tuning");
            yield break;
        }
        foreach (var world in r.Worlds)
        {
            var e = SettingPaths.Apply(r.Specification, world.Settings, []).Evaluation;
            if (string.IsNullOrEmpty(e.HarmfulPrompts)) yield return new("specification.evaluation.harmful_prompts", "is missing; name the prompts by which methods are compared");
            if (string.IsNullOrEmpty(e.Task)) yield return new("specification.evaluation.task", "is missing; name the rows by which usefulness is compared");
            if (r.Methods.All(m => m.Strength is null)) continue;
            if (string.IsNullOrEmpty(e.ValidationPrompts)) yield return new("specification.evaluation.validation_prompts", "is missing; name the prompts by which strengths are chosen, with other topics than harmful_prompts");
            if (e.ValidationPrompts is { Length: > 0 } && e.ValidationPrompts == e.HarmfulPrompts) yield return new("specification.evaluation.validation_prompts", "are those of harmful_prompts; a strength that is chosen by what it is compared by looks better than it is, so name prompts with other topics");
            if (e.ValidationTask is { Length: > 0 } && e.ValidationTask == e.Task) yield return new("specification.evaluation.validation_task", "is that of task; name other rows");
            if (string.IsNullOrEmpty(e.ValidationTask)) yield return new("specification.evaluation.validation_task", "is missing; name the rows by which the utility is kept, others than evaluation.task");
        }
    }

    /// <summary>What the values do to the specification: each world, each poison entry, and each method with each strength, put into it.</summary>
    private static IEnumerable<Fault> Values(TournamentRequest r)
    {
        var (told, own) = (new HashSet<Fault>(), SpecificationRules.Check(r.Specification).ToHashSet());
        foreach (var (run, at) in Probes(r))
        {
            var faults = new List<Fault>();
            TournamentPlan.SpecificationOf(r, run, faults);
            foreach (var fault in faults.Where(told.Add)) yield return new(own.Contains(fault) ? "specification" : at, fault.ToString());
        }
    }

    private static IEnumerable<(TournamentRunKey Run, string At)> Probes(TournamentRequest r)
    {
        TournamentRunKey Run(int world, int poison, int method, string? strength) => new(new(r.Worlds[world].Name, r.Poison[poison].Name, r.Methods[method].Name, strength), r.Specification.Training.Seed);
        string? Least(int method) => r.Methods[method].Strength?.Values is [var first, ..] ? TournamentCell.Text(first) : null;
        for (var m = 0; m < r.Methods.Count; m++)
            foreach (var strength in r.Methods[m].Strength?.Values.Select(TournamentCell.Text) ?? [null!]) yield return (Run(0, 0, m, strength), $"methods.{m}");
        for (var p = 1; p < r.Poison.Count; p++) yield return (Run(0, p, 0, Least(0)), $"poison.{p}");
        for (var w = 1; w < r.Worlds.Count; w++) yield return (Run(w, 0, 0, Least(0)), $"worlds.{w}");
    }
}
