using System.Globalization;
using System.Text;
using System.Text.Json;

namespace AsFT.Experiments.Text.Tokenizers;

/// <summary>How BERT cleans text, and how it cuts it into words: by white space, each punctuation mark a word of its own.</summary>
internal sealed record BertText(bool Clean, bool SpaceIdeographs, bool StripAccents, bool Lowercase)
{
    public static BertText FromJson(JsonElement entry)
    {
        var lower = entry.Flag("lowercase", true);
        return new(entry.Flag("clean_text", true), entry.Flag("handle_chinese_chars", true), entry.Flag("strip_accents", lower), lower);
    }

    public string Apply(string text, Place place)
    {
        if (Clean) text = Cleaned(text);
        if (SpaceIdeographs) text = Spaced(text);
        if (StripAccents) text = Normalizers.StripMarks(CanonicalForms.Decompose(text));
        return Lowercase ? Normalizers.Lower(text) : text;
    }

    public static IEnumerable<string> Words(string text, Place place)
    {
        var from = 0;
        for (var i = 0; i < text.Length;)
        {
            var rune = Rune.GetRuneAt(text, i);
            var length = rune.Utf16SequenceLength;
            if (Rune.IsWhiteSpace(rune) || IsPunctuation(rune))
            {
                if (i > from) yield return text[from..i];
                if (!Rune.IsWhiteSpace(rune)) yield return text.Substring(i, length);
                from = i + length;
            }
            i += length;
        }
        if (from < text.Length) yield return text[from..];
    }

    private static string Cleaned(string text)
    {
        var kept = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is '\t' or '\n' or '\r' || Rune.IsWhiteSpace(rune) && !IsOther(rune)) kept.Append(' ');
            else if (rune.Value != 0xFFFD && !IsOther(rune)) kept.Append(rune);
        }
        return kept.ToString();
    }

    private static string Spaced(string text)
    {
        var spaced = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            if (IsIdeograph(rune.Value)) spaced.Append(' ').Append(rune).Append(' ');
            else spaced.Append(rune);
        return spaced.ToString();
    }

    private static bool IsOther(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.Surrogate;

    private static bool IsPunctuation(Rune rune) =>
        rune.IsAscii ? !char.IsAsciiLetterOrDigit((char)rune.Value) && rune.Value is > 32 and < 127 : Rune.IsPunctuation(rune);

    /// <summary>The blocks that BERT's authors call CJK.</summary>
    private static bool IsIdeograph(int c) => c is >= 0x4E00 and <= 0x9FFF or >= 0x3400 and <= 0x4DBF or >= 0x20000 and <= 0x2A6DF or >= 0x2A700 and <= 0x2B73F
        or >= 0x2B740 and <= 0x2B81F or >= 0x2B920 and <= 0x2CEAF or >= 0xF900 and <= 0xFAFF or >= 0x2F800 and <= 0x2FA1F;
}
