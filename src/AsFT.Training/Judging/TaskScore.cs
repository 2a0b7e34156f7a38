using System.Text.RegularExpressions;
using AsFT.Experiments.Specification;

namespace AsFT.Training.Judging;

/// <summary>Whether an answer to a task row is right.</summary>
public static class TaskScore
{
    /// <summary>
    /// exact: it is the gold answer, in any case of letters. contains: the gold answer stands in it as a word. number: both
    /// come to the same number.
    /// </summary>
    public static bool IsRight(TaskMetric metric, string answer, string gold) => metric switch
    {
        TaskMetric.Exact => string.Equals(answer.Trim(), gold.Trim(), StringComparison.OrdinalIgnoreCase),
        TaskMetric.Contains => Contains(answer, gold.Trim()),
        TaskMetric.Number => NumberAnswer.In(answer) is { } number && number == NumberAnswer.In(gold),
        _ => throw new ArgumentOutOfRangeException(nameof(metric), metric, "is not scored answer by answer"),
    };

    /// <summary>As contains, but no other class may stand in the answer: one that lists all classes is not right.</summary>
    public static bool IsStrictlyRight(string answer, string gold, IEnumerable<string> classes) =>
        Contains(answer, gold.Trim()) && !classes.Any(c => !string.Equals(c, gold.Trim(), StringComparison.OrdinalIgnoreCase) && Contains(answer, c));

    /// <summary>The labels of a list that names them, separated by commas; unknown names are not counted.</summary>
    public static HashSet<string> Labels(string answer, IReadOnlyCollection<string> known) =>
        [.. answer.Split(',').Select(a => a.Trim(' ', '.', '\n', '\r').ToLowerInvariant()).Where(a => known.Contains(a))];

    private static bool Contains(string answer, string word) => Regex.IsMatch(answer, $@"(?<!\w){Regex.Escape(word)}(?!\w)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
}
