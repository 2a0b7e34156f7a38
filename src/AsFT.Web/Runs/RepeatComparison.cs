using System.Globalization;
using System.Text.RegularExpressions;
using AsFT.Web.Shared;

namespace AsFT.Web.Runs;

/// <summary>What a repeated run did otherwise than the one it repeats.</summary>
/// <param name="Steps">steps at which both have a loss</param>
/// <param name="Loss">the largest difference of the loss at one of them</param>
/// <param name="ScoredAt">the last step at which both were evaluated; null if there is none</param>
/// <param name="Scores">scores that differ there, and by how much</param>
/// <param name="Identical">whether every loss and every score at all common steps is the same number</param>
public sealed partial record RepeatComparison(int Steps, double Loss, int? ScoredAt, IReadOnlyList<(string Series, double Difference)> Scores, bool Identical)
{
    /// <summary>How the tag of a repeat begins.</summary>
    public const string Mark = "repeat:";

    private static readonly string[] Losses = ["loss/total", "loss/task"];
    private static readonly string[] Scored = ["eval/", "dev_best/", "test/", "f1/"];

    /// <summary>The run that a run repeats, by its tags.</summary>
    public static Guid? Of(string tags) => Tag().Match(tags) is { Success: true } tag && Guid.TryParse(tag.Groups[1].Value, out var id) ? id : null;

    public static RepeatComparison Of(IReadOnlyList<Series> first, IReadOnlyList<Series> again)
    {
        var common = first.Join(again, s => s.Name, s => s.Name, (a, b) => (a.Name, Values: Common(a, b))).Where(c => c.Values.Count > 0).ToList();
        var losses = Losses.Select(l => common.Find(c => c.Name == l).Values).FirstOrDefault(v => v is not null) ?? [];
        var scores = common.Where(c => Scored.Any(s => c.Name.StartsWith(s, StringComparison.Ordinal))).ToList();
        var last = scores.Count == 0 ? (int?)null : scores.Max(c => c.Values.Keys.Max());
        var different = scores.Where(c => c.Values.ContainsKey(last!.Value) && !c.Name.EndsWith("_low", StringComparison.Ordinal) && !c.Name.EndsWith("_high", StringComparison.Ordinal)).Select(c => (c.Name, Math.Abs(c.Values[last!.Value].Again - c.Values[last.Value].First))).Where(d => d.Item2 > 0).ToList();
        var told = common.Where(c => c.Name.StartsWith("loss/", StringComparison.Ordinal)).Concat(scores);
        return new(losses.Count, losses.Values.Select(v => Math.Abs(v.Again - v.First)).DefaultIfEmpty().Max(), last, different, told.All(c => c.Values.Values.All(v => v.First.Equals(v.Again))));
    }

    private static SortedDictionary<int, (double First, double Again)> Common(Series a, Series b) => new(
        a.Steps.Zip(a.Values).Join(b.Steps.Zip(b.Values), x => x.First, y => y.First, (x, y) => (x.First, (x.Second, y.Second))).ToDictionary(p => p.First, p => p.Item2));

    public string Sentence => Steps == 0 && ScoredAt is null ? "no step is common to both yet."
        : Identical ? $"{Where}, losses and scores are the same to the last digit."
        : $"{Where}, the loss differs by at most {Show.Number(Loss)}{ScoreWords}.";

    private string Where => Steps == 0 ? $"at step {ScoredAt}" : Steps == 1 ? "at the one common step" : $"at all {Steps.ToString(CultureInfo.InvariantCulture)} common steps";

    private string ScoreWords => ScoredAt is not { } step ? "; both were not evaluated at the same step yet"
        : Scores.Count == 0 ? $", and the last common scores (step {step}) are equal"
        : $", and of the last common scores (step {step}) {string.Join(", ", Scores.Select(s => $"{Runs.ScoreWords.Of(s.Series).Name} differs by {Show.Number(s.Difference)}"))}";

    [GeneratedRegex(@"(?:^|\s)repeat:([0-9a-fA-F-]{32,36})(?:\s|$)")]
    private static partial Regex Tag();
}
