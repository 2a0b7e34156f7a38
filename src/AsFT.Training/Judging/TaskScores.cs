using AsFT.Experiments.Specification;
using AsFT.Experiments.Statistics;

namespace AsFT.Training.Judging;

/// <summary>Scores what a model wrote to task rows.</summary>
internal static class TaskScores
{
    private const int MostClasses = 50;

    public static void Add(TaskMetric metric, QuestionSet set, IReadOnlyList<string> texts, Scores scores)
    {
        if (metric == TaskMetric.Labels) AddLabels(set, texts, scores);
        else AddAccuracy(metric, set, texts, scores);
    }

    private static void AddAccuracy(TaskMetric metric, QuestionSet set, IReadOnlyList<string> texts, Scores scores)
    {
        var gold = set.Questions.Select(q => q.Text.Answer!.Trim()).ToList();
        var right = texts.Zip(gold, (a, g) => TaskScore.IsRight(metric, a, g)).ToList();
        scores.Share("eval/accuracy", right.Count(r => r), right.Count, interval: true);
        var classes = gold.Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        if (metric == TaskMetric.Contains && classes.Count <= MostClasses)
            scores.Share("eval/accuracy_strict", texts.Zip(gold).Count(p => TaskScore.IsStrictlyRight(p.First, p.Second, classes)), right.Count, interval: true);
        scores.Add(set.Questions.Select((q, i) => new JudgedAnswer("task", q.Text.Prompt, texts[i], right[i] ? "right" : "wrong", gold[i])));
    }

    private static void AddLabels(QuestionSet set, IReadOnlyList<string> texts, Scores scores)
    {
        var known = set.Labels.Select(l => l.ToLowerInvariant()).ToList();
        var truth = new bool[texts.Count, known.Count];
        var predicted = new bool[texts.Count, known.Count];
        for (var i = 0; i < texts.Count; i++)
        {
            var question = set.Questions[i];
            var (gold, said) = (TaskScore.Labels(question.Text.Answer!, known), TaskScore.Labels(texts[i], known));
            for (var l = 0; l < known.Count; l++) (truth[i, l], predicted[i, l]) = (gold.Contains(known[l]), said.Contains(known[l]));
            scores.Add([new JudgedAnswer("task", question.Text.Prompt, texts[i], gold.SetEquals(said) ? "right" : "wrong", question.Text.Answer!.Trim())]);
        }
        var metrics = MultiLabelMetrics.Of(truth, predicted);
        scores.Add("eval/f1_macro", metrics.F1Macro);
        scores.Add("eval/f1_micro", metrics.F1Micro);
        scores.Add("eval/jaccard", metrics.Jaccard);
    }
}
