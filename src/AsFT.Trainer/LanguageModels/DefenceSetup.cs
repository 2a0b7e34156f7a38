using AsFT.Experiments.Events;
using AsFT.Experiments.Specification;
using AsFT.Training.Lora;
using AsFT.Training.Models;
using AsFT.Training.Safety;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AsFT.Trainer.LanguageModels;

/// <summary>A model made ready by what its run's defences do before the first step, and what they do while it learns.</summary>
internal sealed record DefenceSetup(IReadOnlyList<Projection> Adapted, IReadOnlyDictionary<string, Parameter> Trainable, AlignmentDirection? Direction, Defending Defending) : IDisposable
{
    private const int ShownEigenvalues = 16;

    public static DefenceSetup Make(RunSpecification s, Decoder model, Sources sources, TrainingRows rows, EventLog log, CancellationToken stop)
    {
        if (s.Lox is { } lox) Extrapolation.Lox(model.Projections, Aligned(s, sources), Partner(s, sources), lox, stop);
        var (first, last) = s.Sppft is { } sppft ? SafetyLayers.Range(sppft, model.Config.Layers) : (0, -1);
        if (last >= first) log.Write(new Log("info", $"layers {first} to {last} carry safety and are left untouched"));
        bool Spared(string name) => LoraTargets.LayerOf(name) is var layer && layer >= first && layer <= last;

        var adapted = s.Lora.Rank == 0 ? [] : LoraAdapter.Attach(model, s.Lora, Spared);
        var trainable = s.Lora.Rank == 0 ? model.Weights.Where(w => !Spared(w.Key)).ToDictionary() : LoraAdapter.Named(adapted);
        if (trainable.Count == 0) throw new SpecificationException([new("sppft", "leaves no layer to train; narrow its range")]);
        foreach (var weight in trainable.Values) weight.requires_grad = true;

        var direction = NeedsDirection(s) ? Between(s, adapted, sources, log) : null;
        var cycle = (string? reference, string path) => new RowCycle(rows.Read(reference!, path), s.Training.BatchSize, s.Training.Seed);
        return new(adapted, trainable, direction, new()
        {
            Adapted = adapted,
            Penalty = s.Method switch
            {
                var m when m.Has(MethodKind.Asft) => new AsftPenalty(direction!),
                var m when m.Has(MethodKind.Reversed) => new AsftPenalty(direction!, reversed: true),
                var m when m.Has(MethodKind.L2) => new L2Penalty(),
                _ => null,
            },
            Loss = s.ConstrainedSft is { } constrained ? new(constrained) : null,
            Rule = s switch
            {
                { Lisa: { } lisa } => new Lisa(lisa, cycle(lisa.SafetyRows, "lisa.safety_rows")),
                { Vaccine: { } vaccine } => new Vaccine(vaccine),
                { Booster: { } booster } => new Booster(booster, cycle(booster.HarmfulRows, "booster.harmful_rows")),
                { Panacea: { } panacea } => new Panacea(panacea, cycle(panacea.HarmfulRows, "panacea.harmful_rows")),
                _ => new StepRule(),
            },
        });
    }

    public static PartnerWeights Partner(RunSpecification s, Sources sources) => new(sources.Model(s.Model.Base!, "model.base"));

    /// <summary>The aligned weights as their files hold them: those in memory are rounded to the run's number format, and an earlier run or LoX may have moved them.</summary>
    public static PartnerWeights Aligned(RunSpecification s, Sources sources) => new(sources.Model(s.Model.Aligned, "model.aligned"), "the aligned model");

    /// <summary>With a partner, the direction is also what a run is measured along, whatever its method; but only where it has low-rank updates.</summary>
    private static bool NeedsDirection(RunSpecification s) => s.Lora.Rank > 0 && !string.IsNullOrEmpty(s.Model.Base);

    private static AlignmentDirection Between(RunSpecification s, IReadOnlyList<Projection> adapted, Sources sources, EventLog log)
    {
        var kept = sources.DirectionFile(s, adapted.Select(m => m.Name));
        var direction = File.Exists(kept) ? AlignmentDirection.Read(kept, adapted) : AlignmentDirection.Between(adapted, Aligned(s, sources), Partner(s, sources), s.Method.Direction, s.Method.ProjectorRank, s.Training.Seed);
        if (kept is not null && !File.Exists(kept)) Keep(direction, kept);
        if (direction.Modules.Count == 0 && new[] { MethodKind.Asft, MethodKind.Reversed, MethodKind.SafeLora }.Any(s.Method.Has)) throw new SpecificationException([new("model.base", "is equal to the model in every adapted layer: there is no alignment direction between them")]);
        if (direction.LeftOut.Count > 0) log.Write(new Log("warning", $"alignment did not change {string.Join(", ", direction.LeftOut)}: no direction there, so no penalty"));
        return direction;
    }

    /// <summary>Where the updates lie along the alignment direction; null without one.</summary>
    /// <param name="withSpectrum">the direction's largest eigenvalues too, which do not change</param>
    public Dictionary<string, ModuleDirection>? Lie(bool withSpectrum) => Direction is not { } direction ? null : Adapted.Where(m => direction.Modules.ContainsKey(m.Name)).ToDictionary(m => m.Name, m =>
    {
        var (size, outside, cosine) = direction.Lie(m);
        return new ModuleDirection(size, outside, cosine, withSpectrum ? direction.Spectrum(m.Name, ShownEigenvalues) : null);
    });

    /// <summary>Under a name of its own first: other runs of the same pair may be writing theirs.</summary>
    private static void Keep(AlignmentDirection direction, string path)
    {
        var aside = $"{path}.{Guid.NewGuid():N}";
        direction.Write(aside);
        File.Move(aside, path, overwrite: true);
    }

    public void Dispose()
    {
        Direction?.Dispose();
        Defending.Dispose();
    }
}
