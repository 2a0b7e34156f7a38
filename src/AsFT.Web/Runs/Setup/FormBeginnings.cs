using AsFT.Experiments.Specification;
using AsFT.Web.Datasets;
using AsFT.Web.Sweeps;

namespace AsFT.Web.Runs.Setup;

/// <summary>What the form of a new run begins with.</summary>
/// <param name="Attacked">the run that is attacked, where that is what it is for</param>
/// <param name="IsMissing">a run was named to begin with, and it is not there any more</param>
public sealed record FormBeginning(RunSpecification Settings, Preset? Preset, RunView? Attacked, bool IsMissing);

/// <summary>Reads from the form's address where it begins: at a preset, at a run like another one, at an attack on one, at a dataset.</summary>
public sealed class FormBeginnings(RunHistory history, DatasetLibrary library)
{
    public async Task<FormBeginning> OfAsync(string? presetId, Guid? like, Guid? attack, string? train, string? test)
    {
        var preset = Presets.All.FirstOrDefault(p => p.Id == presetId);
        var (likeRun, attacked) = (await FindAsync(like), await FindAsync(attack));
        var earlier = attacked is not null ? AttackStart.Specification(Of(attacked), attacked.Id) : likeRun is null ? null : Of(likeRun);
        var kind = (await library.ListAsync()).FirstOrDefault(d => d.Name == train)?.Kind;
        var start = PresetStart.With(earlier ?? preset?.Settings ?? new(), train, kind);
        return new(test is null ? start : start with { Scoring = start.Scoring with { Test = test } }, preset, attacked, like is not null && likeRun is null || attack is not null && attacked is null);
    }

    private async Task<RunView?> FindAsync(Guid? id) => id is { } known ? await history.FindAsync(known) : null;

    private static RunSpecification Of(RunView run) => SpecificationText.FromJson(run.Specification.ToJsonString());
}
