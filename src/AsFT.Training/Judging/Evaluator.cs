using AsFT.Experiments.Datasets;
using AsFT.Experiments.Specification;
using AsFT.Experiments.Text;
using AsFT.Training.Models;

namespace AsFT.Training.Judging;

/// <summary>Asks a model the harmful and harmless prompts and the task rows, and scores what it says.</summary>
/// <param name="specification">its settings of evaluation</param>
/// <param name="template">how the questions were rendered</param>
/// <param name="tokenizer">the model's</param>
/// <param name="sets">what is asked</param>
/// <param name="judge">null where neither harmful nor harmless prompts are asked; disposed with the evaluator</param>
/// <param name="second">judges the same answers once more; disposed with the evaluator</param>
public sealed class Evaluator(RunSpecification specification, TemplateKind template, TextTokenizer tokenizer, QuestionSets sets, IJudge? judge = null, IJudge? second = null) : IDisposable
{
    private readonly EvaluationOptions options = specification.Evaluation;

    /// <summary>How many harmful prompts are asked.</summary>
    public int HarmfulPrompts => sets.Harmful?.Questions.Count ?? 0;

    public Scores Evaluate(Decoder model, CancellationToken cancel)
    {
        var scores = new Scores();
        scores.Say("template", template.ToString().ToLowerInvariant());
        scores.Say("template_hash", TemplateHash());
        scores.Say("decoding", Sampling is { } s ? FormattableString.Invariant($"drawn, temperature {s.Temperature}, top p {s.TopP}") : "greedy");
        scores.Say("seed", specification.Training.Seed.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Score(model, sets, scores, cancel);
        if (sets.Validation is { } validation)
        {
            var own = new Scores();
            Score(model, validation, own, cancel);
            scores.Take(own, "validation");
        }
        return scores;
    }

    private void Score(Decoder model, QuestionSets asked, Scores scores, CancellationToken cancel)
    {
        if (judge is not null)
        {
            var safety = new SafetyScores(judge, second);
            if (asked.Harmful is { } harmful) safety.Harmful(harmful, Ask(model, "harmful", harmful, options.HarmfulNewTokens, scores, cancel), scores, cancel);
            if (asked.Harmless is { } harmless) safety.Harmless(harmless, Ask(model, "harmless", harmless, options.HarmfulNewTokens, scores, cancel), scores, cancel);
        }
        if (asked.Task is { } task)
        {
            scores.Say("metric", options.Metric.ToString().ToLowerInvariant());
            if (options.Metric == TaskMetric.Choice) Choose(model, task, scores, cancel);
            else TaskScores.Add(options.Metric, task, Ask(model, "task", task, options.TaskNewTokens, scores, cancel), scores);
        }
    }

    /// <summary>Each set's batches as evaluators of their own, for whoever asks a part only. They share the judges, so only the whole is disposed.</summary>
    public IReadOnlyList<IReadOnlyList<Evaluator>> InBatches()
    {
        IReadOnlyList<Evaluator> Batches(QuestionSet? set, Func<QuestionSet, QuestionSets> alone, int texts = 1) =>
            [.. (set?.InBatches(Math.Max(1, options.BatchSize / texts)) ?? []).Select(batch => new Evaluator(specification, template, tokenizer, alone(batch), judge, second))];
        int Texts(QuestionSet? task) => options.Metric == TaskMetric.Choice && task is not null ? ChoiceScores.Options(task).Max(o => o.Count) : 1; // each choice is a text of the batch
        IEnumerable<IReadOnlyList<Evaluator>> Of(QuestionSets asked) => [Batches(asked.Harmful, b => new(b, null, null)), Batches(asked.Harmless, b => new(null, b, null)), Batches(asked.Task, b => new(null, null, b), Texts(asked.Task))];
        return [.. new[] { sets, sets.Validation }.OfType<QuestionSets>().SelectMany(Of).Where(b => b.Count > 0)];
    }

    private Sampling? Sampling => options.Temperature > 0 ? new(options.Temperature, options.TopP, specification.Training.Seed) : null;

    private void Choose(Decoder model, QuestionSet task, Scores scores, CancellationToken cancel)
    {
        new ChoiceScores(tokenizer, options.BatchSize).Add(model, task, scores, cancel);
        scores.Describe("task", task, newTokens: 0, cut: 0);
    }

    /// <summary>Answers in the order of the questions; prompts of like length are answered side by side.</summary>
    private string[] Ask(Decoder model, string name, QuestionSet set, int newTokens, Scores scores, CancellationToken cancel)
    {
        var answers = new string[set.Questions.Count];
        var cut = 0;
        foreach (var chunk in Enumerable.Range(0, answers.Length).OrderBy(i => set.Questions[i].Prompt.Count).Chunk(options.BatchSize))
        {
            var ids = Generation.Answer(model, [.. chunk.Select(i => set.Questions[i].Prompt)], newTokens, tokenizer.EndIds, Sampling is { } s ? s with { Seed = s.Seed + chunk[0] } : null, cancel);
            foreach (var (i, answer) in chunk.Zip(ids))
            {
                answers[i] = tokenizer.Decode(answer).Trim();
                if (answer.Length == newTokens) cut++;
            }
        }
        scores.Describe(name, set, newTokens, (double)cut / answers.Length);
        return answers;
    }

    /// <summary>Equal for templates that write the same text around a question.</summary>
    private string TemplateHash() =>
        Scores.ShortHash(PromptTemplate.Render(template, new InstructionRow("{question}", "{input}", "{answer}"), [], tokenizer.Chat) is var probe ? probe.Prompt + string.Concat(probe.AnswerSegments?.Select(s => s.Text) ?? [probe.Answer]) : "");

    public void Dispose()
    {
        judge?.Dispose();
        second?.Dispose();
    }
}
