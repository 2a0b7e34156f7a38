using AsFT.Experiments.Specification;
using AsFT.Training.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace AsFT.Training.Safety;

/// <summary>What Safe LoRA found of a module, and whether it was projected.</summary>
public sealed record SafeLoraResult(string Module, double Cosine, bool Projected);

/// <summary>
/// Safe LoRA (Hsu et al. 2024, arXiv 2405.16833): cos = cosine(ĈBA, BA), rounded to five decimals; B ← ĈB in the modules whose
/// cosine is at most the threshold, or at most the K-th lowest, ties included. A and α/r play no part. Ĉ is the published form.
/// </summary>
public static class SafeLora
{
    public static IReadOnlyList<SafeLoraResult> Project(IReadOnlyList<Projection> adapted, AlignmentDirection direction, SafeLoraOptions options)
    {
        using var frozen = no_grad();
        var found = adapted.Where(m => direction.Modules.ContainsKey(m.Name)).Select(m => (Module: m, Cosine: Math.Round(direction.Lie(m).Cosine, 5, MidpointRounding.ToEven))).ToList();
        if (found.Count == 0) return [];
        var threshold = options.Number > 0 ? found.Select(f => f.Cosine).Order().Take(options.Number).Last() : options.Threshold;
        foreach (var (module, cosine) in found)
        {
            using var scope = NewDisposeScope();
            if (cosine <= threshold) module.Lora!.B.copy_(mm(direction.Modules[module.Name].to(module.Lora.B.device), module.Lora.B));
        }
        return [.. found.Select(f => new SafeLoraResult(f.Module.Name, f.Cosine, f.Cosine <= threshold))];
    }
}
