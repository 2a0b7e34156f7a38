using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using AsFT.Experiments.Models;

namespace AsFT.Experiments.Text.Tokenizers;

/// <summary>
/// Cuts text by a pattern of a tokenizer. Characters beyond U+FFFF are two units in .NET, of no category; while the
/// pattern is applied each is stood in for by one unit of its category, so that a rare letter is a letter.
/// </summary>
internal sealed class WordSplitting
{
    private static readonly Dictionary<UnicodeCategory, char> StandIns = MakeStandIns();
    private readonly Regex pattern;

    /// <exception cref="ArgumentException">the pattern uses what .NET's regular expressions do not have</exception>
    public WordSplitting(string pattern) => this.pattern = new(pattern, RegexOptions.Compiled | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(5));

    /// <summary>Every match and every stretch between matches, in order.</summary>
    public IEnumerable<(string Text, bool Matched)> Split(string text)
    {
        var (shadow, starts) = Shadow(text);
        var from = 0;
        for (var match = Timed(() => pattern.Match(shadow)); match.Success; match = Timed(match.NextMatch))
        {
            if (match.Length == 0) continue;
            if (match.Index > from) yield return (Cut(from, match.Index), false);
            from = match.Index + match.Length;
            yield return (Cut(match.Index, from), true);
        }
        if (from < shadow.Length) yield return (Cut(from, shadow.Length), false);

        string Cut(int a, int b) => starts is null ? text[a..b] : text[starts[a]..starts[b]];
    }

    private static Match Timed(Func<Match> find)
    {
        try
        {
            return find();
        }
        catch (RegexMatchTimeoutException e)
        {
            throw new ModelException($"tokenizer.json cuts words by a pattern that takes more than {e.MatchTimeout.TotalSeconds:F0} seconds on this text ({e.Pattern})", e);
        }
    }

    private static (string Shadow, List<int>? Starts) Shadow(string text)
    {
        if (!text.Any(char.IsSurrogate)) return (text, null);
        var shadow = new StringBuilder(text.Length);
        var starts = new List<int>(text.Length + 1);
        var at = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            starts.Add(at);
            shadow.Append(rune.IsBmp ? (char)rune.Value : StandIns[Rune.GetUnicodeCategory(rune)]);
            at += rune.Utf16SequenceLength;
        }
        starts.Add(at);
        return (shadow.ToString(), starts);
    }

    /// <summary>For each category its last character of one unit: late ones are not named by any pattern.</summary>
    private static Dictionary<UnicodeCategory, char> MakeStandIns()
    {
        var last = new Dictionary<UnicodeCategory, char>();
        for (var c = '\u0080'; c < '\uFFFF'; c++) last[char.GetUnicodeCategory(c)] = c;
        return last;
    }
}
