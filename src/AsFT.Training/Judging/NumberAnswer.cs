using System.Text.RegularExpressions;

namespace AsFT.Training.Judging;

/// <summary>
/// The number that an answer to a sum comes to, as AsFT reads GSM8K: the first after the last "The final answer is:", or
/// the last of the text where there is none. Two numbers are equal if they are written alike once signs, currency,
/// separating commas and zeros without weight are gone, so that 1,200.50 is 1200.5 and +07 is 7.
/// </summary>
public static partial class NumberAnswer
{
    private const string Mark = "The final answer is:";

    /// <summary>Null if the text holds no number.</summary>
    public static string? In(string answer)
    {
        var at = answer.LastIndexOf(Mark, StringComparison.OrdinalIgnoreCase);
        var marked = at < 0 ? null : Number().Match(answer, at + Mark.Length);
        var found = marked is { Success: true } ? marked : Number().Matches(answer).LastOrDefault();
        return found is null ? null : Plain(found.Groups["sign"].Success, found.Groups["digits"].Value);
    }

    private static string Plain(bool negative, string digits)
    {
        var parts = digits.Replace(",", "").Split('.');
        var whole = parts[0].TrimStart('0') is { Length: > 0 } w ? w : "0";
        var fraction = parts.Length == 2 ? parts[1].TrimEnd('0') : "";
        var number = fraction.Length == 0 ? whole : $"{whole}.{fraction}";
        return negative && number != "0" ? "-" + number : number;
    }

    /// <summary>A minus belongs to the number only where nothing stands before it: in 5-3 it takes away.</summary>
    [GeneratedRegex(@"(?:(?<![\w.)])(?<sign>[-−]))?[$€£]?(?<![\d.])(?<digits>[0-9][0-9,]*(?:\.[0-9]+)?|\.[0-9]+)", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
