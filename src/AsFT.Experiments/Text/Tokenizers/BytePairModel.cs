using System.Collections.Concurrent;
using System.Text;

namespace AsFT.Experiments.Text.Tokenizers;

/// <summary>
/// Byte-pair encoding (Sennrich et al. 2016): a word begins as its characters, and of all neighbours that may be joined
/// the pair of lowest rank is joined first, the leftmost of equals, until none is left. A character that the vocabulary
/// lacks becomes its UTF-8 bytes or the unknown token.
/// </summary>
internal sealed class BytePairModel(PairTable pairs, UnknownCharacters unknown) : ITokenModel
{
    /// <summary>Pieces that a text is cut by first, and that no merge touches (user-defined pieces of SentencePiece).</summary>
    public IReadOnlyList<string> Frozen { get; init; } = [];

    /// <summary>A word that is in the vocabulary is that entry, whatever the merges would make of it.</summary>
    public bool WholeWords { get; init; }

    private const int LongestKept = 40, MostKept = 50_000;
    private readonly ConcurrentDictionary<string, int[]> kept = new(StringComparer.Ordinal);

    public void Encode(string word, List<int> ids)
    {
        if (pairs.JoinsAcrossSpaces || unknown.Bytes is null)
        {
            EncodeWord(word, ids);
            return;
        }
        // No merge reaches over the beginning of a word, so words are encoded one by one and remembered.
        var from = 0;
        for (var i = 1; i < word.Length; i++)
        {
            if (word[i] != '▁' || word[i - 1] == '▁') continue;
            EncodeWord(word[from..i], ids);
            from = i;
        }
        EncodeWord(word[from..], ids);
    }

    private void EncodeWord(string word, List<int> ids)
    {
        if (word.Length > LongestKept) ids.AddRange(Joined(word));
        else if (kept.TryGetValue(word, out var known)) ids.AddRange(known);
        else
        {
            var fresh = Joined(word);
            if (kept.Count < MostKept) kept[word] = [.. fresh];
            ids.AddRange(fresh);
        }
    }

    private List<int> Joined(string word)
    {
        if (WholeWords && pairs.WordId(word) is { } whole) return [whole];
        var ids = new List<int>();
        var (symbols, runes) = Split(word);
        Join(symbols);
        var lastUnknown = false;
        for (var i = 0; i < symbols.Length; i++)
        {
            if (symbols[i] == Gone) continue;
            var entry = symbols[i] >= 0 && pairs.IsEntry(symbols[i]);
            if (entry) ids.Add(symbols[i]);
            else unknown.Write(runes[i].ToString(), lastUnknown, ids);
            lastUnknown = !entry;
        }
        return ids;
    }

    private const int Missing = -1, Gone = -2, Freeze = 1 << 30;

    private (int[] Symbols, Rune[] Runes) Split(string word)
    {
        var symbols = new List<int>(word.Length);
        var runes = new List<Rune>(word.Length);
        for (var i = 0; i < word.Length;)
        {
            var rune = Rune.GetRuneAt(word, i);
            var frozen = Frozen.Count == 0 ? null : Frozen.Where(f => string.CompareOrdinal(word, i, f, 0, f.Length) == 0).MaxBy(f => f.Length);
            symbols.Add(frozen is not null ? pairs.WordId(frozen)!.Value | Freeze : pairs.SymbolId(rune) ?? Missing);
            runes.Add(rune);
            i += frozen?.Length ?? rune.Utf16SequenceLength;
        }
        return ([.. symbols], [.. runes]);
    }

    /// <summary>Joins in place: the left symbol becomes the pair, the right one is gone.</summary>
    private void Join(int[] symbols)
    {
        var (before, after) = (new int[symbols.Length], new int[symbols.Length]);
        var queue = new PriorityQueue<(int At, int Symbol, int Joined), long>();
        void Offer(int left, int right)
        {
            if (left >= 0 && right < symbols.Length && pairs.Find(symbols[left], symbols[right]) is { } pair)
                queue.Enqueue((left, symbols[left], pair.Joined), ((long)pair.Rank << 32) + left);
        }
        for (var i = 0; i < symbols.Length; i++) (before[i], after[i]) = (i - 1, i + 1);
        for (var i = 1; i < symbols.Length; i++) Offer(i - 1, i);
        while (queue.TryDequeue(out var next, out _))
        {
            var left = next.At;
            var right = after[left];
            if (symbols[left] != next.Symbol || right >= symbols.Length || pairs.Find(symbols[left], symbols[right])?.Joined != next.Joined) continue;
            (symbols[left], symbols[right]) = (next.Joined, Gone);
            after[left] = after[right];
            if (after[right] < symbols.Length) before[after[right]] = left;
            Offer(before[left], left);
            Offer(left, after[left]);
        }
        for (var i = 0; i < symbols.Length; i++)
            if (symbols[i] >= 0) symbols[i] &= ~Freeze;
    }
}
