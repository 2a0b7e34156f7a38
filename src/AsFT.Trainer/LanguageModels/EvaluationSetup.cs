using AsFT.Experiments.Datasets;
using AsFT.Experiments.Events;
using AsFT.Experiments.Specification;
using AsFT.Experiments.Text;
using AsFT.Training.Judging;
using AsFT.Training.Models;

namespace AsFT.Trainer.LanguageModels;

/// <summary>What an evaluation asks and who judges it, made from the specification.</summary>
internal sealed class EvaluationSetup(RunSpecification specification, Sources sources, string directory, TemplateKind template, TextTokenizer tokenizer, Decoder model, EventLog log)
{
    private const int LeastRoom = 16;

    /// <summary>Null if nothing is measured.</summary>
    public Evaluator? Make()
    {
        var e = Options;
        var sets = new QuestionSets(
            Questions(e.HarmfulPrompts, "evaluation.harmful_prompts", e.HarmfulLimit, e.HarmfulNewTokens, "harmful_new_tokens"),
            Questions(e.HarmlessPrompts, "evaluation.harmless_prompts", e.HarmlessLimit, e.HarmfulNewTokens, "harmful_new_tokens"),
            Questions(e.Task, "evaluation.task", e.TaskLimit, e.TaskNewTokens, "task_new_tokens", answered: true)) { Validation = Validation(e) };
        if (!sets.Any) return null;
        foreach (var task in new[] { sets.Task, sets.Validation?.Task }.OfType<QuestionSet>()) CheckAnswers(task, e.Metric); // a fault now, not after an epoch
        var judged = sets.Harmful is not null || sets.Harmless is not null || sets.Validation?.Harmful is not null;
        return new(specification with { Evaluation = e }, template, tokenizer, sets, judged ? First(Judge(specification.Judge, "judge")) : null, judged ? Judge(specification.SecondJudge, "second_judge") : null);
    }

    private QuestionSets? Validation(EvaluationOptions e) => new QuestionSets(
        Questions(e.ValidationPrompts, "evaluation.validation_prompts", e.HarmfulLimit, e.HarmfulNewTokens, "harmful_new_tokens"), null,
        Questions(e.ValidationTask, "evaluation.validation_task", e.TaskLimit, e.TaskNewTokens, "task_new_tokens", answered: true)) is { Any: true } sets ? sets : null;

    private static void CheckAnswers(QuestionSet task, TaskMetric metric)
    {
        if (metric == TaskMetric.Choice) ChoiceScores.Options(task);
        if (metric == TaskMetric.Number && task.Questions.FirstOrDefault(q => NumberAnswer.In(q.Text.Answer!) is null) is { } wordy)
            throw new SpecificationException([new("evaluation.metric", $"is number, and the task has the answer '{wordy.Text.Answer!.Trim()}', which holds none; take contains or exact")]);
    }

    private bool ByFirstToken => specification.Task == RunTask.Basin && specification.Basin.FirstToken;

    private EvaluationOptions Options => ByFirstToken ? specification.Evaluation with { HarmfulNewTokens = 1 } : specification.Evaluation;

    private IJudge? First(IJudge? judge) => ByFirstToken ? new FirstTokenJudge(judge!, template, tokenizer) : judge;

    private IJudge? Judge(JudgeOptions options, string group) => Judges.Make(options, group, new(
        reference => sources.Model(reference, $"{group}.model"), Sources.ModelName, Environment.GetEnvironmentVariable, sources.AllowPrivateEndpoints,
        model.Device, model.Type, specification.Evaluation.BatchSize));

    private QuestionSet? Questions(string? reference, string path, int limit, int newTokens, string limitName, bool answered = false)
    {
        if (string.IsNullOrEmpty(reference)) return null;
        var dataset = sources.Dataset(reference, path, directory);
        if (answered && dataset.Summary.Kind == DatasetKind.Prompts) throw new SpecificationException([new(path, "holds prompts without answers; a task needs rows with known answers")]);
        if (dataset.SetAsideWords() is { } words) log.Write(new Log("warning", words));
        var labels = dataset.Summary.Labels.Select(l => l.Label).ToList();
        var room = model.Config.MaxPositions - newTokens;
        if (room < LeastRoom) throw new SpecificationException([new(path, $"answers of {newTokens} tokens leave no room for a prompt in the model's {model.Config.MaxPositions} positions; lower evaluation.{limitName}")]);
        var trigger = specification.Bea is { } bea ? BeaTrigger.Of(bea, specification.Training.Seed) : null; // the service adds it to every prompt
        var rows = dataset.Page(0, limit).Select(row => trigger is null ? row : row.WithSystem(trigger));
        var questions = rows.Select(row => (row, text: PromptTemplate.Render(template, row, labels, tokenizer.Chat))).Select(r => new Question(r.row, r.text, TokenisedRow.Prompt(r.text, tokenizer))).ToList();
        var tooLong = questions.Count(q => q.Prompt.Count > room);
        if (tooLong > 0) log.Write(new Log("warning", $"{path}: {tooLong} prompts do not fit and lose their beginning"));
        return new([.. questions.Select(q => q with { Prompt = [.. q.Prompt.Skip(Math.Max(0, q.Prompt.Count - room))] })], labels);
    }
}
