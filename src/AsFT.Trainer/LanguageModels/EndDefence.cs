using AsFT.Experiments.Events;
using AsFT.Experiments.Specification;
using AsFT.Training.Models;
using AsFT.Training.Safety;

namespace AsFT.Trainer.LanguageModels;

/// <summary>What a defence does after the last step, before the last evaluation.</summary>
internal static class EndDefence
{
    public static void Apply(RunSpecification s, Decoder model, DefenceSetup setup, Sources sources, TrainingRows rows, int padId, EventLog log, CancellationToken stop)
    {
        if (s.SafeLora is { } safeLora)
        {
            using var published = s.Method.Direction == DirectionForm.Published ? null : AlignmentDirection.Between(setup.Adapted, DefenceSetup.Aligned(s, sources), DefenceSetup.Partner(s, sources));
            var results = SafeLora.Project(setup.Adapted, published ?? setup.Direction!, safeLora);
            foreach (var r in results) log.Write(new Log("info", FormattableString.Invariant($"Safe LoRA: {r.Module} cosine {r.Cosine:0.00000}{(r.Projected ? ", projected" : "")}")));
            log.Write(new Log("info", $"Safe LoRA projected {results.Count(r => r.Projected)} of {results.Count} updates"));
        }
        if (s.Antidote is { } antidote)
        {
            var zeroed = Antidote.Apply(model, setup.Adapted, rows.Read(antidote.HarmfulRows, "antidote.harmful_rows").Chunk(s.Training.BatchSize), padId, antidote.Share);
            log.Write(new Log("info", $"Antidote zeroed {zeroed} adapter weights"));
        }
        if (s.Resta is { } resta)
        {
            Extrapolation.Resta(model, DefenceSetup.Aligned(s, sources), DefenceSetup.Partner(s, sources), resta, stop);
            log.Write(new Log("info", FormattableString.Invariant($"RESTA added {resta.Gamma} times the alignment direction to all weights")));
        }
        if (s.Scale is { } scale) ScaledUpdate.Apply(setup.Adapted, scale.Factor);
    }
}
