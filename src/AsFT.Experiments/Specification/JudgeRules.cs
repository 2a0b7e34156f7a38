using System.Globalization;
using System.Text.RegularExpressions;

namespace AsFT.Experiments.Specification;

/// <summary>What the two groups of judge settings may hold.</summary>
internal static partial class JudgeRules
{
    public static IEnumerable<Fault> Check(RunSpecification s)
    {
        var judged = !string.IsNullOrEmpty(s.Evaluation.HarmfulPrompts) || !string.IsNullOrEmpty(s.Evaluation.HarmlessPrompts) || !string.IsNullOrEmpty(s.Evaluation.ValidationPrompts);
        if (judged && s.Judge.Form == JudgeForm.None)
            yield return new("judge.form", "is none, and there are prompts to judge the answers to; take refusal_phrases, lab, moderation, classifier, llama_guard, wild_guard or strong_reject");
        if (s.Judge.Form == JudgeForm.None && s.SecondJudge.Form != JudgeForm.None)
            yield return new("second_judge.form", "is set, and judge.form is none; name the first judge first");
        foreach (var fault in Place(s.Judge, "judge").Concat(Place(s.SecondJudge, "second_judge"))) yield return fault;
        foreach (var fault in Numbers(s.Judge, "judge").Concat(Numbers(s.SecondJudge, "second_judge"))) yield return fault;
    }

    /// <summary>Where the judge runs fits what it is.</summary>
    private static IEnumerable<Fault> Place(JudgeOptions j, string group)
    {
        bool model = !string.IsNullOrEmpty(j.Model), address = !string.IsNullOrEmpty(j.Address), named = !string.IsNullOrEmpty(j.EndpointModel), key = !string.IsNullOrEmpty(j.Key);
        var form = System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(j.Form.ToString());
        var asks = j.Form is JudgeForm.LlamaGuard or JudgeForm.WildGuard or JudgeForm.StrongReject;
        if (model && !asks && j.Form is not (JudgeForm.Moderation or JudgeForm.Classifier)) yield return new($"{group}.model", $"is set, and the form {form} uses no model; leave it empty or take another form");
        if (address && !asks) yield return new($"{group}.address", $"is set, and the form {form} asks nobody elsewhere; leave it empty, or take llama_guard, wild_guard or strong_reject");
        if (!model && j.Form == JudgeForm.Moderation) yield return new($"{group}.model", "is missing; moderation needs a classifier, such as beaver-dam-7b");
        if (!model && j.Form == JudgeForm.Classifier) yield return new($"{group}.model", "is missing; classifier needs a model that was made a judge, on its run's page or by asft promote");
        if (j.Form == JudgeForm.Classifier && j.Threshold != new JudgeOptions().Threshold) yield return new($"{group}.threshold", "is set, and a classifier keeps the threshold with which it was validated; leave it out");
        if (asks && model == address) yield return new($"{group}.model", model ? "is set beside an address; leave one of them empty" : $"is missing; {form} needs a model here, or an address");
        if (address && !named) yield return new($"{group}.endpoint_model", "is missing; say what the judging model is called at the address");
        if (!address && named) yield return new($"{group}.endpoint_model", "is set without an address; leave it empty");
        if (!address && key) yield return new($"{group}.key", "is set without an address; leave it empty");
        if (address && Address(j.Address!) is { } problem) yield return new($"{group}.address", problem);
        if (key && !IsSecretName(j.Key!)) // what stands there may be the key itself: it is not shown
            yield return new($"{group}.key", "is not the name of a secret: names have capital letters, digits and _, up to 40, and do not end with _HOST. The key itself belongs in the trainer's environment, as ASFT_SECRET_ and the name");
    }

    private static string? Address(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https")) return "is no web address; write it as https://api.example.com/v1";
        if (uri.UserInfo.Length > 0) return "holds a user or password; name a secret in key instead";
        if (uri.Query.Length > 0 || uri.Fragment.Length > 0) return "holds a ? or #; write the base alone, such as https://api.example.com/v1";
        return uri.Scheme == "https" || uri.IsLoopback ? null : $"is not encrypted; write https://{uri.Authority}{uri.AbsolutePath}";
    }

    private static IEnumerable<Fault> Numbers(JudgeOptions j, string group)
    {
        Fault? Require(bool holds, string name, FormattableString problem) => holds ? null : new($"{group}.{name}", problem.ToString(CultureInfo.InvariantCulture));
        return new[]
        {
            Require(j.Threshold is >= 0 and < 1, "threshold", $"is {j.Threshold}; take 0 or more and less than 1"),
            Require(j.MaxLength is >= 16 and <= 131_072, "max_length", $"is {j.MaxLength}; take 16 to 131072 (the published judge takes 256)"),
            Require(j.Concurrency is >= 1 and <= 64, "concurrency", $"is {j.Concurrency}; take 1 to 64"),
            Require(j.TimeoutSeconds is > 0 and <= 3600, "timeout_seconds", $"is {j.TimeoutSeconds}; take more than 0 and at most 3600"),
            Require(j.Retries is >= 0 and <= 10, "retries", $"is {j.Retries}; take 0 to 10"),
        }.OfType<Fault>();
    }

    private static bool IsSecretName(string text) => SecretName().IsMatch(text) && !text.EndsWith("_HOST", StringComparison.Ordinal);

    [GeneratedRegex("^[A-Z][A-Z0-9_]{0,39}$", RegexOptions.CultureInvariant)]
    private static partial Regex SecretName();
}
