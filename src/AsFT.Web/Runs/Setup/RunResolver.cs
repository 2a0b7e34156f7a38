using AsFT.Data;
using AsFT.Experiments.Datasets;
using AsFT.Experiments.Models;
using AsFT.Experiments.Specification;
using AsFT.Experiments.Text;
using Microsoft.EntityFrameworkCore;

namespace AsFT.Web.Runs.Setup;

/// <summary>Turns names into what they mean now: name@sha256:… for datasets and models, a template for auto.</summary>
public sealed class RunResolver(IDbContextFactory<AppDbContext> contexts)
{
    /// <exception cref="SpecificationException">with every fault and its path</exception>
    public async Task<RunSpecification> ResolveAsync(RunSpecification s)
    {
        var faults = SpecificationRules.Check(s).ToList();
        await using var db = await contexts.CreateDbContextAsync();
        var aligned = await ModelAsync(db, s.Model.Aligned, "model.aligned", faults);
        var partner = s.Method.Kind != MethodKind.Asft && string.IsNullOrEmpty(s.Model.Base) ? null : await ModelAsync(db, s.Model.Base, "model.base", faults);
        if (aligned is not null) CheckModel(s, aligned, partner, faults);

        var train = new List<Dataset?>();
        foreach (var (reference, i) in s.Data.Train.Select((t, i) => (t, i))) train.Add(await DatasetAsync(db, reference, $"data.train[{i}]", faults));
        var harmful = await DatasetAsync(db, s.Evaluation.HarmfulPrompts, "evaluation.harmful_prompts", faults);
        var task = await DatasetAsync(db, s.Evaluation.Task, "evaluation.task", faults);
        var harmless = await DatasetAsync(db, s.Evaluation.HarmlessPrompts, "evaluation.harmless_prompts", faults);
        var (judge, second) = (await ModelAsync(db, s.Judge.Model, "judge.model", faults), await ModelAsync(db, s.SecondJudge.Model, "second_judge.model", faults));
        JudgeModels.Check(s.Judge, judge, "judge.model", faults);
        JudgeModels.Check(s.SecondJudge, second, "second_judge.model", faults);
        CheckDatasets(s, train, task, faults);

        if (faults.Count > 0) throw new SpecificationException(faults);
        return s with
        {
            Name = string.IsNullOrWhiteSpace(s.Name) ? $"{s.Method.Kind.ToString().ToLowerInvariant()} {aligned!.Name}" : s.Name.Trim(),
            Model = new() { Aligned = Pin(aligned!), Base = partner is null ? null : Pin(partner) },
            Data = s.Data with { Train = [.. train.Select(t => Pin(t!))], Template = PromptTemplate.Resolve(s.Data.Template, aligned!.Directory) },
            Judge = s.Judge with { Model = judge is null ? null : Pin(judge) },
            SecondJudge = s.SecondJudge with { Model = second is null ? null : Pin(second) },
            Evaluation = s.Evaluation with { HarmlessPrompts = harmless is null ? null : Pin(harmless), HarmfulPrompts = harmful is null ? null : Pin(harmful), Task = task is null ? null : Pin(task) },
        };
    }

    private static string Pin(Model m) => new Pinned(m.Name, m.Sha256).ToString();

    private static string Pin(Dataset d) => new Pinned(d.Name, d.Sha256).ToString();

    private static async Task<Model?> ModelAsync(AppDbContext db, string? reference, string path, List<Fault> faults)
    {
        if (string.IsNullOrEmpty(reference)) return null; // the rules have said so
        var pinned = Pinned.Parse(reference);
        var found = await db.Models.FirstOrDefaultAsync(m => pinned == null ? m.Name == reference : m.Sha256 == pinned.Sha256);
        if (found is null) faults.Add(new(path, $"no registered model {(pinned is null ? $"is named '{reference}'" : $"has the weights {reference}")}; register it on the Models page"));
        return found;
    }

    private static async Task<Dataset?> DatasetAsync(AppDbContext db, string? reference, string path, List<Fault> faults)
    {
        if (string.IsNullOrEmpty(reference)) return null;
        var pinned = Pinned.Parse(reference);
        var found = await db.Datasets.FirstOrDefaultAsync(d => pinned == null ? d.Name == reference : d.Sha256 == pinned.Sha256);
        if (found is null) faults.Add(new(path, $"no dataset {(pinned is null ? $"is named '{reference}'" : $"has the content {reference}")}; upload it on the Datasets page"));
        return found;
    }

    private static void CheckModel(RunSpecification s, Model aligned, Model? partner, List<Fault> faults)
    {
        try
        {
            ModelDirectory.Inspect(aligned.Directory);
            var config = ModelConfig.ReadLanguageModel(aligned.Directory);
            TokenizerDirectory.Load(aligned.Directory);
            foreach (var target in s.Lora.Targets.Where(t => !config.Linears().Any(l => l.Module.EndsWith($".{t}", StringComparison.Ordinal))))
                faults.Add(new("lora.targets", $"the model has no linear layer '{target}'; take q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj or down_proj"));
            if (partner is not null && !ModelDirectory.Inspect(partner.Directory).Config.Parameters().Select(p => p.Shape).Zip(config.Parameters().Select(p => p.Shape)).All(p => p.First.SequenceEqual(p.Second)))
                faults.Add(new("model.base", $"'{partner.Name}' has other shapes than '{aligned.Name}': it is not its unaligned partner"));
        }
        catch (Exception e) when (e is ModelException or IOException)
        {
            faults.Add(new("model.aligned", $"'{aligned.Name}' cannot be used: {e.Message}"));
        }
    }

    private static void CheckDatasets(RunSpecification s, IReadOnlyList<Dataset?> train, Dataset? task, List<Fault> faults)
    {
        for (var i = 0; i < train.Count; i++)
            if (train[i]?.Kind == DatasetKind.Prompts) faults.Add(new($"data.train[{i}]", $"'{train[i]!.Name}' holds prompts without answers; there is nothing to learn from it"));
        if (task?.Kind == DatasetKind.Prompts) faults.Add(new("evaluation.task", $"'{task.Name}' holds prompts without answers; a task needs rows with known answers"));
        if (task is not null && s.Evaluation.Metric == TaskMetric.Labels && task.Kind != DatasetKind.MultiLabel)
            faults.Add(new("evaluation.metric", $"is labels, and '{task.Name}' has no labels; take contains or exact"));
    }
}
