using AsFT.Experiments.Models;
using AsFT.Experiments.Specification;

namespace AsFT.Web.Runs.Setup;

/// <summary>Whether what an adapter is to be put on is there.</summary>
public static class LoraChecks
{
    public static IEnumerable<Fault> Check(LoraOptions lora, ModelConfig config, string model)
    {
        if (lora.Rank == 0 || LoraTargets.Fault(lora) is not null) yield break;
        var matched = config.Linears().Select(l => l.Module).Where(m => LoraTargets.Matches(lora, m)).ToList();
        var missing = LoraTargets.IsPattern(lora) ? lora.Targets.Where(_ => matched.Count == 0) : lora.Targets.Where(t => !matched.Exists(m => m == t || m.EndsWith("." + t, StringComparison.Ordinal)));
        var known = string.Join(", ", config.Linears().Select(l => l.Module[(l.Module.LastIndexOf('.') + 1)..]).Distinct());
        foreach (var target in missing) yield return new("lora.targets", $"'{model}' has no linear layer '{target}' among those named; take {known}");
    }
}
