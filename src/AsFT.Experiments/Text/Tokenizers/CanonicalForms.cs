using System.Globalization;
using System.Text;

namespace AsFT.Experiments.Text.Tokenizers;

/// <summary>
/// The canonical forms NFC and NFD (Unicode Standard Annex 15). string.Normalize does nothing in a process without
/// culture data, which is how this application runs, so they are computed from the table beside this file.
/// </summary>
internal static class CanonicalForms
{
    private const int FirstSyllable = 0xAC00, FirstLead = 0x1100, FirstVowel = 0x1161, FirstTail = 0x11A7, Leads = 19, Vowels = 21, Tails = 28;

    private static readonly Dictionary<int, int[]> Decompositions = [];
    private static readonly Dictionary<(int, int), int> Compositions = [];
    private static readonly Dictionary<int, int> Classes = [];

    static CanonicalForms()
    {
        using var reader = new StreamReader(typeof(CanonicalForms).Assembly.GetManifestResourceStream("Canonical.txt")!);
        while (reader.ReadLine() is { } line)
        {
            if (line[0] == '#') continue;
            if (line.IndexOfAny(['=', '!']) is > 0 and var sign) AddDecomposition(Hex(line[..sign]), line[sign] == '=', [.. line[(sign + 1)..].Split(' ').Select(Hex)]);
            else if (line.Split('-', ' ') is [var first, var last, var order])
                for (var c = Hex(first); c <= Hex(last); c++) Classes[c] = int.Parse(order, CultureInfo.InvariantCulture);
        }
    }

    public static string Decompose(string text) => Ascii.IsValid(text) ? text : Write(Decomposed(text));

    public static string Compose(string text)
    {
        if (Ascii.IsValid(text)) return text;
        var characters = Decomposed(text);
        var composed = new List<int>(characters.Count);
        var (starter, lastClass) = (-1, 0);
        foreach (var c in characters)
        {
            var order = Class(c);
            var adjacent = starter == composed.Count - 1;
            if (starter >= 0 && (adjacent || lastClass < order && lastClass != 0) && Pair(composed[starter], c) is { } joined)
            {
                composed[starter] = joined;
                continue;
            }
            if (order == 0) starter = composed.Count;
            lastClass = order;
            composed.Add(c);
        }
        return Write(composed);
    }

    private static void AddDecomposition(int character, bool composes, int[] parts)
    {
        Decompositions[character] = parts;
        if (composes) Compositions[(parts[0], parts[1])] = character;
    }

    private static List<int> Decomposed(string text)
    {
        var characters = new List<int>(text.Length + 8);
        foreach (var rune in text.EnumerateRunes()) Expand(rune.Value, characters);
        for (var i = 0; i < characters.Count; i++)
        {
            var end = i;
            while (end < characters.Count && Class(characters[end]) != 0) end++;
            if (end - i < 2) continue;
            var ordered = characters.GetRange(i, end - i).OrderBy(Class).ToList(); // a stable order
            for (var k = 0; k < ordered.Count; k++) characters[i + k] = ordered[k];
            i = end;
        }
        return characters;
    }

    private static void Expand(int c, List<int> characters)
    {
        if (c - FirstSyllable is >= 0 and < Leads * Vowels * Tails and var syllable)
        {
            characters.AddRange(FirstLead + syllable / (Vowels * Tails), FirstVowel + syllable % (Vowels * Tails) / Tails);
            if (syllable % Tails != 0) characters.Add(FirstTail + syllable % Tails);
        }
        else if (Decompositions.TryGetValue(c, out var parts))
            foreach (var part in parts) Expand(part, characters);
        else characters.Add(c);
    }

    private static int? Pair(int left, int right)
    {
        if (left - FirstLead is >= 0 and < Leads and var lead && right - FirstVowel is >= 0 and < Vowels and var vowel)
            return FirstSyllable + (lead * Vowels + vowel) * Tails;
        if (left - FirstSyllable is >= 0 and < Leads * Vowels * Tails and var syllable && syllable % Tails == 0 && right - FirstTail is > 0 and < Tails and var tail)
            return left + tail;
        return Compositions.TryGetValue((left, right), out var composed) ? composed : null;
    }

    private static int Class(int c) => c < 0x300 ? 0 : Classes.GetValueOrDefault(c);

    private static string Write(List<int> characters)
    {
        var text = new StringBuilder(characters.Count);
        foreach (var c in characters) text.Append(new Rune(c));
        return text.ToString();
    }

    private static int Hex(string digits) => int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
