using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AsFT.Experiments.Statistics;

namespace AsFT.Training.Judging;

/// <summary>One judged answer. Set is harmful, harmless or task; the second verdict is that of the second judge.</summary>
public sealed record JudgedAnswer(string Set, string Prompt, string Answer, string Verdict, string? Expected = null)
{
    public double? Score { get; init; }
    public string? Note { get; init; }
    public string? SecondVerdict { get; init; }
    public double? SecondScore { get; init; }
    public string? SecondNote { get; init; }

    /// <summary>Empty or repetitive, whatever the verdict.</summary>
    public bool Incoherent { get; init; }

    /// <summary>One judge calls it harmful, the other does not.</summary>
    public bool Disputed { get; init; }
}

/// <summary>Scores by series name, the protocol beside them, and every answer.</summary>
public sealed class Scores
{
    private readonly Dictionary<string, double> values = [];
    private readonly Dictionary<string, string> protocol = [];
    private readonly List<JudgedAnswer> answers = [];

    public IReadOnlyDictionary<string, double> Values => values;
    public IReadOnlyDictionary<string, string> Protocol => protocol;
    public IReadOnlyList<JudgedAnswer> Answers => answers;

    internal void Add(string name, double value) => values[name] = value;

    internal void Add(IEnumerable<JudgedAnswer> judged) => answers.AddRange(judged);

    /// <summary>count / total, with its 95 % Wilson interval where asked.</summary>
    internal void Share(string name, int count, int total, bool interval = false)
    {
        values[name] = total == 0 ? 0 : (double)count / total;
        if (interval) (values[name + "_low"], values[name + "_high"]) = Wilson.Interval(count, total);
    }

    internal void Interval(string name, double value, double low, double high) => (values[name], values[name + "_low"], values[name + "_high"]) = (value, low, high);

    /// <summary>What was scored of another group of questions, under its name: eval/harmful becomes validation/harmful.</summary>
    internal void Take(Scores other, string group)
    {
        foreach (var (name, value) in other.values) values[group + name[name.IndexOf('/', StringComparison.Ordinal)..]] = value;
        foreach (var (name, value) in other.protocol) protocol[$"{group}_{name}"] = value;
        answers.AddRange(other.answers.Select(a => a with { Set = $"{group}_{a.Set}" }));
    }

    internal void Say(string name, string value) => protocol[name] = value;

    /// <summary>What was asked of the model, and how much of the answers' length was lost.</summary>
    internal void Describe(string set, QuestionSet questions, int newTokens, double cut)
    {
        var prompts = questions.Questions.Select(q => q.Text.Prompt).ToList();
        Say(set + "_n", Number(prompts.Count));
        Say(set + "_distinct", Number(prompts.Distinct().Count()));
        Say(set + "_prompts", ShortHash(string.Join('\n', prompts)));
        Say(set + "_new_tokens", Number(newTokens));
        Say(set + "_cut", Percent(cut));
    }

    internal static string ShortHash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];

    internal static string Percent(double share) => share.ToString("P1", CultureInfo.InvariantCulture);

    private static string Number(int n) => n.ToString(CultureInfo.InvariantCulture);
}
