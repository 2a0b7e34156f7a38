using System.Text;

namespace AsFT.Experiments.Text.Tokenizers;

/// <summary>
/// A vocabulary and which two of its entries may be joined. Entries that must not come out of ordinary text (special
/// tokens) are no result of a merge.
/// </summary>
internal sealed class PairTable
{
    private readonly Dictionary<string, int> ids;
    private readonly Dictionary<int, int> characters = [];
    private readonly Dictionary<long, (int Rank, int Joined)> pairs = [];
    private readonly IReadOnlySet<int> barred;
    private readonly int size;

    private PairTable(IReadOnlyDictionary<string, int> vocabulary, IReadOnlySet<int> barred)
    {
        (ids, this.barred) = (new(vocabulary, StringComparer.Ordinal), barred);
        size = vocabulary.Values.Max() + 1;
        foreach (var (text, id) in vocabulary)
            if (!barred.Contains(id) && Rune.DecodeFromUtf16(text, out var rune, out var used) == System.Buffers.OperationStatus.Done && used == text.Length)
                characters[rune.Value] = id;
    }

    /// <summary>From the list of merges of a tokenizer.json; the earlier in the list the sooner.</summary>
    public static PairTable FromMerges(IReadOnlyDictionary<string, int> vocabulary, IEnumerable<(string Left, string Right)> merges, IReadOnlySet<int> barred)
    {
        var table = new PairTable(vocabulary, barred);
        var rank = 0;
        foreach (var (left, right) in merges)
        {
            int Id(string text) => vocabulary.TryGetValue(text, out var id) ? id : throw new FormatException($"the merge of '{left}' and '{right}' needs '{text}', which is not in the vocabulary");
            table.Add(Id(left), Id(right), rank++, Id(left + right));
            table.JoinsAcrossSpaces |= !left.EndsWith('▁') && right.StartsWith('▁');
        }
        return table;
    }

    /// <summary>From the scores of a SentencePiece model: any two whose text together is a piece may be joined, the highest score first.</summary>
    public static PairTable FromScores(IReadOnlyDictionary<string, int> vocabulary, IReadOnlyList<float> scores, IReadOnlySet<int> barred)
    {
        var table = new PairTable(vocabulary, barred);
        var pieces = vocabulary.Where(p => !barred.Contains(p.Value)).OrderByDescending(p => scores[p.Value]).ToList();
        foreach (var rune in pieces.SelectMany(p => p.Key.EnumerateRunes())) table.AddCharacter(rune);
        var rank = -1;
        for (var i = 0; i < pieces.Count; i++)
        {
            if (i == 0 || scores[pieces[i].Value] != scores[pieces[i - 1].Value]) rank++;
            var text = pieces[i].Key;
            for (var cut = 1; cut < text.Length; cut++)
            {
                if (table.PartId(text[..cut]) is { } left && table.PartId(text[cut..]) is { } right) table.Add(left, right, rank, pieces[i].Value);
                table.JoinsAcrossSpaces |= text[cut - 1] != '▁' && text[cut] == '▁';
            }
        }
        return table;
    }

    /// <summary>Whether a merge joins the end of a word with the ▁ that begins the next.</summary>
    public bool JoinsAcrossSpaces { get; private set; }

    public (int Rank, int Joined)? Find(int left, int right) => left >= 0 && right >= 0 && pairs.TryGetValue(((long)left << 32) | (uint)right, out var pair) ? pair : null;

    public int? WordId(string word) => ids.TryGetValue(word, out var id) && !barred.Contains(id) ? id : null;

    public int? SymbolId(Rune rune) => characters.TryGetValue(rune.Value, out var id) ? id : null;

    /// <summary>Whether the symbol is an entry of the vocabulary, not only a character that an entry is made of.</summary>
    public bool IsEntry(int symbol) => symbol < size;

    private void Add(int left, int right, int rank, int joined)
    {
        if (!barred.Contains(joined)) pairs[((long)left << 32) | (uint)right] = (rank, joined);
    }

    private int? PartId(string text) => WordId(text) is { } id ? id
        : Rune.DecodeFromUtf16(text, out var rune, out var used) == System.Buffers.OperationStatus.Done && used == text.Length ? SymbolId(rune) : null;

    /// <summary>A character within pieces that is no piece itself gets a number beyond the vocabulary.</summary>
    private void AddCharacter(Rune rune)
    {
        if (characters.ContainsKey(rune.Value)) return;
        characters[rune.Value] = size + characters.Count;
    }
}
