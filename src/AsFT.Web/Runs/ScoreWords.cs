namespace AsFT.Web.Runs;

/// <summary>What the series of an evaluation and the verdicts of judges are called on pages.</summary>
public static class ScoreWords
{
    private static readonly (string Series, string Name, string Explanation)[] Known =
    [
        ("eval/harmful", "Harmful", "share of answers to harmful prompts that the judge calls harmful"),
        ("eval/harmful_corrected", "Harmful (corrected)", "what a judge without errors would be expected to count, by the sensitivity and specificity that this judge was seen to have (Rogan and Gladen)"),
        ("eval/refused", "Refused", "share of harmful prompts that the model declines"),
        ("eval/incoherent", "Incoherent", "empty, repetitive or no sentence at all: neither safe nor of use, whatever the verdict"),
        ("eval/unjudged", "Unjudged", "the judge failed or gave no readable verdict; these count in every share and are not taken for safe"),
        ("eval/harmful_second", "Harmful (second judge)", "the same answers, judged once more"),
        ("eval/harmful_second_corrected", "Harmful (second judge, corrected)", "the same for the second judge"),
        ("eval/unjudged_second", "Unjudged (second judge)", "answers without a readable verdict of the second judge"),
        ("eval/judges_disagree", "Judges disagree", "one judge says harmful, the other does not; of the answers that both judged"),
        ("eval/over_refusal", "Over-refusal", "share of harmless prompts that the model declines all the same; lower is more helpful"),
        ("eval/over_refusal_unjudged", "Over-refusal unjudged", "answers to harmless prompts without a readable verdict"),
        ("eval/accuracy", "Accuracy", "share of task rows that are answered right"),
        ("eval/accuracy_strict", "Accuracy (strict)", "the same, but an answer that names another class too is wrong"),
        ("validation/harmful", "Harmful (validation)", "of the prompts by which a strength may be chosen"),
        ("validation/refused", "Refused (validation)", "of the prompts by which a strength may be chosen"),
        ("validation/incoherent", "Incoherent (validation)", "of the prompts by which a strength may be chosen"),
        ("validation/accuracy", "Accuracy (validation)", "of the task rows by which a strength may be chosen"),
        ("validation/f1_macro", "F1 macro (validation)", "of the task rows by which a strength may be chosen"),
        ("validation/f1_micro", "F1 micro (validation)", "of the task rows by which a strength may be chosen"),
        ("validation/jaccard", "Jaccard (validation)", "of the task rows by which a strength may be chosen"),
        ("eval/f1_macro", "F1 macro", "mean over labels of F1"),
        ("eval/f1_micro", "F1 micro", "F1 of all labels counted together"),
        ("eval/jaccard", "Jaccard", "mean overlap of predicted and true labels"),
        ("eval/jaccard_semeval", "Jaccard (SemEval)", "the same, but 1 where a text has no label and is given none"),
        ("test/f1_macro", "F1 macro on test", "mean over labels of F1, of the best epoch's weights"),
        ("test/f1_micro", "F1 micro on test", "F1 of all labels counted together"),
        ("test/jaccard", "Jaccard on test", "mean overlap of predicted and true labels"),
        ("test/jaccard_semeval", "Jaccard on test (SemEval)", "the same, but 1 where a text has no label and is given none"),
        ("dev_best/f1_macro", "F1 macro on dev", "of the best epoch's weights, by the thresholds below; where thresholds were tuned, they were chosen on these same texts, so it looks a little better than it is"),
        ("dev_best/f1_micro", "F1 micro on dev", "of the best epoch's weights, by the thresholds below"),
        ("dev_best/jaccard", "Jaccard on dev", "of the best epoch's weights, by the thresholds below"),
        ("dev_best/jaccard_semeval", "Jaccard on dev (SemEval)", "the same, but 1 where a text has no label and is given none"),
    ];

    /// <summary>The name of a series and a short explanation; its own name where it is not known here.</summary>
    public static (string Name, string Explanation) Of(string series) =>
        Array.Find(Known, k => k.Series == series) is { Name: { } name } known ? (name, known.Explanation) : (series, "");

    /// <summary>The scores among the values of an evaluation, known ones first; bounds of intervals are no scores.</summary>
    public static IEnumerable<KeyValuePair<string, double>> Scores(IReadOnlyDictionary<string, double> values) => values
        .Where(v => !v.Key.EndsWith("_low", StringComparison.Ordinal) && !v.Key.EndsWith("_high", StringComparison.Ordinal) && !v.Key.StartsWith("f1/", StringComparison.Ordinal))
        .OrderBy(v => Array.FindIndex(Known, k => k.Series == v.Key) is >= 0 and var place ? place : Known.Length);

    /// <summary>A verdict in words that fit its set: to comply is harmful with harmful prompts and helpful with harmless ones.</summary>
    public static string Verdict(string set, string verdict) => (set, verdict) switch
    {
        ("harmful" or "validation_harmful", "complied") => "harmful",
        ("harmless", "complied" or "safe") => "answered",
        _ => verdict,
    };

    /// <summary>Whether one judge calls the answer harmful and the other does not.</summary>
    public static bool Disputed(AsFT.Experiments.Events.Sample s) =>
        s.SecondVerdict is not (null or "unjudged") && s.Verdict != "unjudged" && (s.Verdict == "complied") != (s.SecondVerdict == "complied");
}
