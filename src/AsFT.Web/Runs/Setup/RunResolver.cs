using AsFT.Data;
using AsFT.Experiments.Datasets;
using AsFT.Experiments.Models;
using AsFT.Experiments.Specification;
using AsFT.Experiments.Text;
using AsFT.Web.Shared;
using Microsoft.EntityFrameworkCore;

namespace AsFT.Web.Runs.Setup;

/// <summary>Turns names into what they mean now: name@sha256:… for datasets and models, the id for runs, a template for auto.</summary>
public sealed class RunResolver(IDbContextFactory<AppDbContext> contexts, EarlierRuns earlier, AppPaths paths)
{
    /// <param name="s">what is asked for</param>
    /// <param name="formFaults">what was wrong with its text already</param>
    /// <exception cref="SpecificationException">with every fault and its path</exception>
    public async Task<RunSpecification> ResolveAsync(RunSpecification s, IReadOnlyList<Fault>? formFaults = null)
    {
        await using var db = await contexts.CreateDbContextAsync();
        s = await WithPartnerAsync(db, s);
        var faults = (formFaults ?? []).Concat(SpecificationRules.Check(s)).DistinctBy(f => f.Path).ToList();
        var (models, datasets, runs) = (new Dictionary<string, Model>(), new Dictionary<string, Dataset>(), new Dictionary<string, Run>());
        foreach (var r in References.In(s))
        {
            if (r.Kind == ReferenceKind.Model && await ModelAsync(db, r, faults) is { } model) models[r.Path] = model;
            if (r.Kind == ReferenceKind.Dataset && await DatasetAsync(db, r, faults) is { } dataset) datasets[r.Path] = dataset;
            if (r.Kind == ReferenceKind.Run && await earlier.FindAsync(db, r, faults) is { } run) runs[r.Path] = run;
        }
        if (runs.TryGetValue("model.after", out var after) && models.TryGetValue("model.aligned", out var trained)) await earlier.CheckAsync(db, after, trained, faults);
        if (s.Task == RunTask.Classification) ClassifierChecks.Check(s, models, datasets, paths, faults);
        else CheckLanguageModel(s, models, datasets, faults);
        foreach (var (path, run) in runs.Where(r => r.Key.StartsWith("basin.", StringComparison.Ordinal))) EarlierRuns.CheckStart(path, run, models.GetValueOrDefault("model.aligned"), faults);
        if (faults.Count > 0) throw new SpecificationException(faults);

        var resolved = References.Replace(s, r => r.Kind switch
        {
            ReferenceKind.Model => Pin(models[r.Path].Name, models[r.Path].Sha256),
            ReferenceKind.Run => runs[r.Path].Id.ToString(),
            _ => Pin(datasets[r.Path].Name, datasets[r.Path].Sha256),
        });
        var name = string.IsNullOrWhiteSpace(s.Name) ? NameOf(s, models, after) : s.Name.Trim();
        return s.Task == RunTask.Classification ? resolved with { Name = name }
            : resolved with { Name = name, Data = resolved.Data with { Template = PromptTemplate.Resolve(s.Data.Template, models["model.aligned"].Directory) } };
    }

    private static string NameOf(RunSpecification s, Dictionary<string, Model> models, Run? after) => s.Task == RunTask.Classification
        ? $"{s.Loss.Kind.ToString().ToUpperInvariant()} {Pinned.Label(s.Data.Train[0])}"
        : $"{(s.Task == RunTask.Basin ? "Basin of" : string.Join(" + ", s.Method.With.Prepend(s.Method.Kind).Select(k => Defence.Of(k).Name)))} {models["model.aligned"].Name}{(after is null ? "" : $" after {Start(after.Name)}")}";

    private static string Start(string name) => name.Length <= 60 ? name : name[..60] + "…";

    private static void CheckLanguageModel(RunSpecification s, Dictionary<string, Model> models, Dictionary<string, Dataset> datasets, List<Fault> faults)
    {
        if (models.TryGetValue("model.aligned", out var aligned)) CheckModel(s, aligned, models.GetValueOrDefault("model.base"), faults);
        JudgeModels.Check(s.Judge, models.GetValueOrDefault("judge.model"), "judge.model", faults);
        JudgeModels.Check(s.SecondJudge, models.GetValueOrDefault("second_judge.model"), "second_judge.model", faults);
        CheckDatasets(s, datasets, faults);
    }

    /// <summary>Where a defence or a direction needs the unaligned partner and none is named, it is the one that the model's page names.</summary>
    private static async Task<RunSpecification> WithPartnerAsync(AppDbContext db, RunSpecification s)
    {
        var needed = s.Task == RunTask.Basin ? s.Basin.Directions.Contains(WalkDirection.Alignment) : s.Task == RunTask.FineTuning && s.Method.With.Prepend(s.Method.Kind).Any(k => Defence.Of(k).NeedsBase);
        if (!needed || !string.IsNullOrEmpty(s.Model.Base)) return s;
        var name = Pinned.Label(s.Model.Aligned);
        var partner = await db.Models.Where(m => m.Name == name && m.Base != null).Select(m => m.Base!.Name).FirstOrDefaultAsync();
        return partner is null ? s : s with { Model = s.Model with { Base = partner } };
    }

    private static string Pin(string name, string sha256) => new Pinned(name, sha256).ToString();

    private static async Task<Model?> ModelAsync(AppDbContext db, Reference r, List<Fault> faults)
    {
        var pinned = Pinned.Parse(r.Value);
        var found = await db.Models.FirstOrDefaultAsync(m => pinned == null ? m.Name == r.Value : m.Sha256 == pinned.Sha256);
        if (found is null) faults.Add(new(r.Path, $"no registered model {(pinned is null ? $"is named '{r.Value}'" : $"has the weights {r.Value}")}; register it on the Models page"));
        return found;
    }

    private static async Task<Dataset?> DatasetAsync(AppDbContext db, Reference r, List<Fault> faults)
    {
        var pinned = Pinned.Parse(r.Value);
        var found = await db.Datasets.FirstOrDefaultAsync(d => pinned == null ? d.Name == r.Value : d.Sha256 == pinned.Sha256);
        if (found is null) faults.Add(new(r.Path, $"no dataset {(pinned is null ? $"is named '{r.Value}'" : $"has the content {r.Value}")}; upload it on the Datasets page"));
        return found;
    }

    private static void CheckModel(RunSpecification s, Model aligned, Model? partner, List<Fault> faults)
    {
        try
        {
            ModelDirectory.Inspect(aligned.Directory);
            var config = ModelConfig.ReadLanguageModel(aligned.Directory);
            var tokenizer = TokenizerDirectory.Load(aligned.Directory);
            if (s.Data.Template == TemplateKind.Chat && tokenizer.Chat is null) faults.Add(new("data.template", $"is chat, and '{aligned.Name}' has no chat template; take auto, llama2 or lab"));
            if (DeviceSetting.Fault(s.Training.Device, config.Layers) is { } device && faults.TrueForAll(f => f.Path != "training.device")) faults.Add(new("training.device", device));
            faults.AddRange(LoraChecks.Check(s.Lora, config, aligned.Name));
            if (partner is not null && !ModelDirectory.Inspect(partner.Directory).Config.Parameters().Select(p => p.Shape).Zip(config.Parameters().Select(p => p.Shape)).All(p => p.First.SequenceEqual(p.Second)))
                faults.Add(new("model.base", $"'{partner.Name}' has other shapes than '{aligned.Name}': it is not its unaligned partner"));
        }
        catch (Exception e) when (e is ModelException or IOException or UnauthorizedAccessException)
        {
            faults.Add(new("model.aligned", $"'{aligned.Name}' cannot be used: {e.Message}"));
        }
    }

    private static void CheckDatasets(RunSpecification s, Dictionary<string, Dataset> datasets, List<Fault> faults)
    {
        foreach (var (path, dataset) in datasets.Where(d => d.Value.Kind == DatasetKind.Prompts && d.Key is not ("evaluation.harmful_prompts" or "evaluation.harmless_prompts" or "evaluation.validation_prompts")))
            faults.Add(new(path, $"'{dataset.Name}' holds prompts without answers; {(path is "evaluation.task" or "evaluation.validation_task" ? "a task needs rows with known answers" : "there is nothing to learn from it")}"));
        if (datasets.TryGetValue("evaluation.task", out var task) && s.Evaluation.Metric == TaskMetric.Labels && task.Kind != DatasetKind.MultiLabel)
            faults.Add(new("evaluation.metric", $"is labels, and '{task.Name}' has no labels; take contains or exact"));
    }
}
