using AsFT.Experiments.Events;
using AsFT.Web.Runs;
using AsFT.Web.Shared;

namespace AsFT.Web.Lab.Basin;

/// <summary>What a repeated basin measured otherwise than the one it repeats, place by place.</summary>
public static class BasinRepeat
{
    public static string Sentence(IReadOnlyList<LandscapePoint> first, IReadOnlyList<LandscapePoint> again)
    {
        var common = first.Join(again, p => (p.Along, p.Alpha, p.Across, p.Beta), p => (p.Along, p.Alpha, p.Across, p.Beta), (a, b) => (First: a.Scores, Again: b.Scores)).ToList();
        if (common.Count == 0) return "no place is common to both yet.";
        var differences = common.SelectMany(c => c.First.Keys.Intersect(c.Again.Keys).Where(IsMean).Select(k => (Series: k, By: Math.Abs(c.Again[k] - c.First[k])))).Where(d => d.By > 0)
            .GroupBy(d => d.Series).Select(g => $"{ScoreWords.Of(g.Key).Name} at {Show.Count(g.Count())} of them by at most {Show.Number(g.Max(d => d.By))}").ToList();
        var places = common.Count == 1 ? "at the one common place" : $"at all {Show.Count(common.Count)} common places";
        return differences.Count == 0 ? $"{places}, all scores are the same to the last digit." : $"{places} compared, there are differences: {string.Join(", ", differences)}.";
    }

    private static bool IsMean(string series) => !series.EndsWith("_low", StringComparison.Ordinal) && !series.EndsWith("_high", StringComparison.Ordinal);
}
