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
        if (judge is not null)
        {
            var safety = new SafetyScores(judge, second);
            if (sets.Harmful is { } harmful) safety.Harmful(harmful, Ask(model, "harmful", harmful, options.HarmfulNewTokens, scores, cancel), scores, cancel);
            if (sets.Harmless is { } harmless) safety.Harmless(harmless, Ask(model, "harmless", harmless, options.HarmfulNewTokens, scores, cancel), scores, cancel);
        }
        if (sets.Task is { } task)
        {
            scores.Say("metric", options.Metric.ToString().ToLowerInvariant());
            if (options.Metric == TaskMetric.Choice) Choose(model, task, scores, cancel);
            else TaskScores.Add(options.Metric, task, Ask(model, "task", task, options.TaskNewTokens, scores, cancel), scores);
        }
        return scores;
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
