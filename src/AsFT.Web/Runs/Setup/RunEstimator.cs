using System.Globalization;
using AsFT.Data;
using AsFT.Experiments.Basin;
using AsFT.Experiments.Classification;
using AsFT.Experiments.Models;
using AsFT.Experiments.Specification;
using AsFT.Experiments.Text;
using AsFT.Web.Datasets;
using AsFT.Web.Models;

namespace AsFT.Web.Runs.Setup;

/// <summary>An estimate, what was looked at for it, and how long the run may take, if one like it has been seen.</summary>
public sealed record Expectation(RunEstimate Estimate, SeenLengths? Seen, TimeSpan? Time);

/// <summary>Counts what a run will take: from the model's shape, from rows as they are, and from earlier runs like it.</summary>
public sealed class RunEstimator(ModelRegistry registry, DatasetLibrary library, RunHistory history)
{
    private (string Key, SeenLengths Seen) last = ("", new(0, 0, 0, 0, 0, 0)); // tokens are counted anew only where they change

    /// <summary>Null while model or data are not chosen, or a setting is at fault: there is no counting with numbers out of range.</summary>
    /// <exception cref="ModelException">the model, its tokenizer or a judge cannot be read</exception>
    public async Task<Expectation?> EstimateAsync(RunSpecification s)
    {
        if (SpecificationRules.Check(s).Any()) return null;
        var (models, datasets) = (await registry.ListAsync(), await library.ListAsync());
        Model? ModelOf(string? reference) => reference is null ? null : models.FirstOrDefault(m => m.Name == Pinned.Label(reference));
        Dataset? DatasetOf(string? reference) => reference is null ? null : datasets.FirstOrDefault(d => d.Name == Pinned.Label(reference));
        var train = s.Data.Train.Select(DatasetOf).OfType<Dataset>().Where(d => library.Folder(d).Exists).ToList();
        if (s.Task == RunTask.Classification) return train.Count == 0 ? null : await ClassifierAsync(s, ModelOf(s.Classifier.Encoder), train);
        if (ModelOf(s.Model.Aligned) is not { } model || train.Count == 0 && s.Task != RunTask.Basin) return null;

        var judges = new[] { s.Judge.Model, s.SecondJudge.Model }.Select(ModelOf).OfType<Model>().Select(j => ModelConfig.Read(j.Directory)).ToList();
        var asked = new[] { (DatasetOf(s.Evaluation.HarmfulPrompts), s.Evaluation.HarmfulLimit), (DatasetOf(s.Evaluation.HarmlessPrompts), s.Evaluation.HarmlessLimit), (DatasetOf(s.Evaluation.Task), s.Evaluation.TaskLimit), (DatasetOf(s.Evaluation.ValidationPrompts), s.Evaluation.HarmfulLimit), (DatasetOf(s.Evaluation.ValidationTask), s.Evaluation.TaskLimit) }
            .Where(a => a.Item1 is not null && library.Folder(a.Item1).Exists).Select(a => (Set: a.Item1!, Limit: a.Item2)).ToList();
        if (s.Task == RunTask.Basin) return await BasinAsync(s, model, judges, asked);
        var seen = Look(s, model, train, asked);
        var estimate = RunEstimate.Of(s, ModelConfig.ReadLanguageModel(model.Directory), train.Sum(d => d.Rows), judges, seen);
        return new(estimate, seen, await history.PaceAsync(s) is { } pace ? pace * estimate.Steps : null);
    }

    private async Task<Expectation> BasinAsync(RunSpecification s, Model model, List<ModelConfig> judges, IEnumerable<(Dataset Set, int Limit)> asked)
    {
        var (tokenizer, template) = (TokenizerDirectory.Load(model.Directory), PromptTemplate.Resolve(s.Data.Template, model.Directory));
        var prompt = asked.Select(a => RowLengths.LongestPrompt(template, tokenizer, library.Folder(a.Set), a.Limit)).DefaultIfEmpty(0).Max();
        var estimate = BasinEstimate.Of(s, ModelConfig.ReadLanguageModel(model.Directory), judges, prompt);
        return new(estimate, null, await history.PaceAsync(s) is { } pace ? pace * estimate.Steps : null);
    }

    private async Task<Expectation> ClassifierAsync(RunSpecification s, Model? encoder, List<Dataset> train)
    {
        var config = encoder is null ? FreshEncoder.Shape(s, s.Classifier.Vocabulary) : ModelConfig.Read(encoder.Directory);
        var estimate = ClassifierEstimate.Of(s, config, train.Sum(d => d.Rows), LabelRules.Labels(train.Select(d => library.Folder(d).Summary)).Count);
        return new(estimate, null, await history.PaceAsync(s) is { } pace ? pace * estimate.Steps : null);
    }

    private SeenLengths Look(RunSpecification s, Model model, List<Dataset> train, List<(Dataset Set, int Limit)> asked)
    {
        var key = string.Join('|', [model.Sha256, s.Data.ToString(), s.Training.BatchSize.ToString(CultureInfo.InvariantCulture), .. train.Select(d => d.Sha256), .. asked.Select(a => a.ToString())]);
        if (last.Key == key) return last.Seen;
        var (tokenizer, template) = (TokenizerDirectory.Load(model.Directory), PromptTemplate.Resolve(s.Data.Template, model.Directory));
        var rows = RowLengths.OfTraining(s, template, tokenizer, [.. train.Select(library.Folder)]);
        var prompts = asked.Select(a => RowLengths.LongestPrompt(template, tokenizer, library.Folder(a.Set), a.Limit)).DefaultIfEmpty(0).Max();
        last = (key, new(rows.LongestOfBatch, rows.Learnt, prompts, rows.Sampled, rows.Cut, rows.Empty));
        return last.Seen;
    }
}
