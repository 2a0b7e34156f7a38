using System.Globalization;
using System.Text.Json;

namespace AsFT.Experiments.Specification;

/// <summary>Which defences can be combined, what each needs, and the ranges of its settings.</summary>
internal static class DefenceRules
{
    private static readonly Dictionary<DefenceStage, string> Decides = new()
    {
        [DefenceStage.Rows] = "which safety rows are mixed in", [DefenceStage.Start] = "the weights at the start", [DefenceStage.Layers] = "which layers are trained",
        [DefenceStage.Loss] = "the loss of a token", [DefenceStage.Penalty] = "the penalty", [DefenceStage.Step] = "what a step's gradient is", [DefenceStage.End] = "what happens after the last step",
    };

    public static IEnumerable<Fault> Check(RunSpecification s)
    {
        var faults = new List<Fault>();
        void Require(bool holds, string path, FormattableString problem)
        {
            if (!holds) faults.Add(new(path, problem.ToString(CultureInfo.InvariantCulture)));
        }

        var used = s.Method.Kinds.Select(Defence.Of).ToList();
        Require(s.Method.With.Count == 0 || s.Method.Kind != MethodKind.Sft, "method.kind", $"is sft, which has no defence to combine with; name one of method.with as the kind");
        Require(!s.Method.With.Contains(MethodKind.Sft), "method.with", $"names sft, which is no defence; take it out");
        foreach (var stage in used.Where(d => d.Stage != DefenceStage.Nothing).GroupBy(d => d.Stage).Where(g => g.Count() > 1))
            Require(false, "method.with", $"{string.Join(" and ", stage.Select(d => d.Name))} both decide {Decides[stage.Key]}; keep one of them");
        foreach (var d in used.Where(d => d.NeedsBase && string.IsNullOrEmpty(s.Model.Base)))
            Require(false, "model.base", $"is missing; {d.Name} needs the unaligned partner of the model, or choose another method");
        foreach (var d in used.Where(d => d.NeedsLora && s.Lora.Rank == 0))
            Require(false, "lora.rank", $"is 0 (all weights are trained); {d.Name} is defined on a low-rank update, so take 1 or more");

        Require(s.Vaccine is null || !s.Training.Recompute, "training.recompute", $"cannot be combined with Vaccine, which needs all layers' values at once; switch one off");
        foreach (var rows in new[] { ("safe_instruct.safety_rows", s.SafeInstruct?.SafetyRows), ("bea.safety_rows", s.Bea?.SafetyRows), ("lisa.safety_rows", s.Lisa?.SafetyRows) })
            Require(rows.Item2 is not "", rows.Item1, $"is missing; name a dataset of harmful requests with their refusals");
        foreach (var rows in new[] { ("booster.harmful_rows", s.Booster?.HarmfulRows), ("panacea.harmful_rows", s.Panacea?.HarmfulRows), ("antidote.harmful_rows", s.Antidote?.HarmfulRows) })
            Require(rows.Item2 is not "", rows.Item1, $"is missing; name a dataset of harmful requests that are answered");
        if (s.Bea is { Trigger.Length: > 2000 } bea) Require(false, "bea.trigger", $"has {bea.Trigger.Length} characters; at most 2000 fit");
        if (s.Sppft is { } layers) Require((layers.LastLayer ?? int.MaxValue) >= (layers.FirstLayer ?? 0), "sppft.last_layer", $"is {layers.LastLayer}, before the first layer {layers.FirstLayer}");
        object?[] groups = [s.SafeInstruct, s.Bea, s.Lisa, s.Vaccine, s.Booster, s.Panacea, s.ConstrainedSft, s.Sppft, s.Lox, s.SafeLora, s.Antidote, s.Resta, s.Scale];
        return [.. faults, .. Ranges.Check(s.Method, "method"), .. groups.OfType<object>().SelectMany(g => Ranges.Check(g, GroupName(g)))];
    }

    private static string GroupName(object options) => JsonNamingPolicy.SnakeCaseLower.ConvertName(options.GetType().Name[..^"Options".Length]);
}
