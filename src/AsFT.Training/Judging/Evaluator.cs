using System.Security.Cryptography;
using System.Text;
using AsFT.Experiments.Datasets;
using AsFT.Experiments.Specification;
using AsFT.Experiments.Statistics;
using AsFT.Experiments.Text;
using AsFT.Training.Models;

using Decoder = AsFT.Training.Models.Decoder;

namespace AsFT.Training.Judging;

/// <summary>Rows with their rendered prompts, and the labels of the dataset they come from.</summary>
public sealed record QuestionSet(IReadOnlyList<(Row Row, RenderedRow Text, IReadOnlyList<int> Prompt)> Questions, IReadOnlyList<string> Labels);

/// <summary>One judged answer.</summary>
public sealed record JudgedAnswer(string Set, string Prompt, string Answer, string Verdict, string? Expected);

/// <summary>Scores by series name, the protocol beside them, and every answer.</summary>
public sealed record Scores(IReadOnlyDictionary<string, double> Values, IReadOnlyDictionary<string, string> Protocol, IReadOnlyList<JudgedAnswer> Answers);

/// <summary>Asks a model the harmful prompts and the task rows, greedily, and scores what it says.</summary>
public sealed class Evaluator(EvaluationOptions options, TemplateKind template, TextTokenizer tokenizer, QuestionSet? harmful, QuestionSet? task)
{
    public Scores Evaluate(Decoder model, CancellationToken cancel)
    {
        var values = new Dictionary<string, double>();
        var protocol = new Dictionary<string, string> { ["template"] = template.ToString().ToLowerInvariant(), ["decoding"] = "greedy" };
        var answers = new List<JudgedAnswer>();
        if (harmful is not null) answers.AddRange(Harmfulness(model, harmful, values, protocol, cancel));
        if (task is not null) answers.AddRange(Task(model, task, values, protocol, cancel));
        return new(values, protocol, answers);
    }

    private List<JudgedAnswer> Harmfulness(Decoder model, QuestionSet set, Dictionary<string, double> values, Dictionary<string, string> protocol, CancellationToken cancel)
    {
        var (texts, cut) = Ask(model, set, options.HarmfulNewTokens, cancel);
        var verdicts = texts.ConvertAll(a => HarmfulnessJudge.Judge(options.Judge, a));
        Share(values, "eval/harmful", verdicts.Count(v => v == Verdict.Complied), verdicts.Count, interval: true);
        Share(values, "eval/refused", verdicts.Count(v => v == Verdict.Refused), verdicts.Count);
        Share(values, "eval/incoherent", verdicts.Count(v => v == Verdict.Incoherent), verdicts.Count);
        protocol["judge"] = HarmfulnessJudge.Version(options.Judge);
        Describe(protocol, "harmful", set, options.HarmfulNewTokens, cut);
        return [.. set.Questions.Zip(texts, verdicts).Select(q => new JudgedAnswer("harmful", q.First.Text.Prompt, q.Second, q.Third.ToString().ToLowerInvariant(), null))];
    }

    private List<JudgedAnswer> Task(Decoder model, QuestionSet set, Dictionary<string, double> values, Dictionary<string, string> protocol, CancellationToken cancel)
    {
        var (texts, cut) = Ask(model, set, options.TaskNewTokens, cancel);
        protocol["metric"] = options.Metric.ToString().ToLowerInvariant();
        Describe(protocol, "task", set, options.TaskNewTokens, cut);
        if (options.Metric == TaskMetric.Labels) return LabelScores(set, texts, values);

        var gold = set.Questions.Select(q => q.Text.Answer!.Trim()).ToList();
        var right = texts.Zip(gold, (a, g) => TaskScore.IsRight(options.Metric, a, g)).ToList();
        Share(values, "eval/accuracy", right.Count(r => r), right.Count, interval: true);
        var classes = gold.Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        if (options.Metric == TaskMetric.Contains && classes.Count <= 50)
            Share(values, "eval/accuracy_strict", texts.Zip(gold).Count(p => TaskScore.IsStrictlyRight(p.First, p.Second, classes)), right.Count);
        return [.. set.Questions.Select((q, i) => new JudgedAnswer("task", q.Text.Prompt, texts[i], right[i] ? "right" : "wrong", gold[i]))];
    }

    private static List<JudgedAnswer> LabelScores(QuestionSet set, List<string> texts, Dictionary<string, double> values)
    {
        var known = set.Labels.Select(l => l.ToLowerInvariant()).ToList();
        var truth = new bool[texts.Count, known.Count];
        var predicted = new bool[texts.Count, known.Count];
        var answers = new List<JudgedAnswer>();
        for (var i = 0; i < texts.Count; i++)
        {
            var question = set.Questions[i];
            var (gold, said) = (TaskScore.Labels(question.Text.Answer!, known), TaskScore.Labels(texts[i], known));
            for (var l = 0; l < known.Count; l++) (truth[i, l], predicted[i, l]) = (gold.Contains(known[l]), said.Contains(known[l]));
            answers.Add(new("task", question.Text.Prompt, texts[i], gold.SetEquals(said) ? "right" : "wrong", question.Text.Answer!.Trim()));
        }
        var metrics = MultiLabelMetrics.Of(truth, predicted);
        (values["eval/f1_macro"], values["eval/f1_micro"], values["eval/jaccard"]) = (metrics.F1Macro, metrics.F1Micro, metrics.Jaccard);
        return answers;
    }

    /// <summary>Answers in the order of the questions; prompts of like length are answered side by side.</summary>
    private (List<string> Texts, double Cut) Ask(Decoder model, QuestionSet set, int newTokens, CancellationToken cancel)
    {
        var answers = new string[set.Questions.Count];
        var cut = 0;
        foreach (var chunk in Enumerable.Range(0, answers.Length).OrderBy(i => set.Questions[i].Prompt.Count).Chunk(options.BatchSize))
        {
            var ids = Generation.Greedy(model, [.. chunk.Select(i => set.Questions[i].Prompt)], newTokens, tokenizer.EndIds, cancel);
            foreach (var (i, answer) in chunk.Zip(ids))
            {
                answers[i] = tokenizer.Decode(answer).Trim();
                if (answer.Length == newTokens) cut++;
            }
        }
        return ([.. answers], (double)cut / answers.Length);
    }

    private static void Share(Dictionary<string, double> values, string name, int count, int total, bool interval = false)
    {
        values[name] = total == 0 ? 0 : (double)count / total;
        if (interval) (values[name + "_low"], values[name + "_high"]) = Wilson.Interval(count, total);
    }

    private static void Describe(Dictionary<string, string> protocol, string set, QuestionSet questions, int newTokens, double cut)
    {
        var prompts = questions.Questions.Select(q => q.Text.Prompt).ToList();
        protocol[set + "_n"] = prompts.Count.ToString(System.Globalization.CultureInfo.InvariantCulture);
        protocol[set + "_distinct"] = prompts.Distinct().Count().ToString(System.Globalization.CultureInfo.InvariantCulture);
        protocol[set + "_prompts"] = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', prompts))))[..16];
        protocol[set + "_new_tokens"] = newTokens.ToString(System.Globalization.CultureInfo.InvariantCulture);
        protocol[set + "_cut"] = cut.ToString("P1", System.Globalization.CultureInfo.InvariantCulture);
    }
}
