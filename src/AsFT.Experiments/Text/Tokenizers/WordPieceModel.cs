namespace AsFT.Experiments.Text.Tokenizers;

/// <summary>
/// WordPiece (Schuster and Nakajima 2012, as BERT has it): of a word the longest beginning that is in the vocabulary,
/// then of the rest the longest that goes on a word, and so on. A word that does not come out whole is unknown.
/// </summary>
internal sealed class WordPieceModel(IReadOnlyDictionary<string, int> vocabulary, int unknownId, string prefix, int longestWord) : ITokenModel
{
    private readonly int longestPiece = vocabulary.Keys.Max(k => k.Length);

    public void Encode(string word, List<int> ids)
    {
        var before = ids.Count;
        var from = word.Length <= longestWord || word.EnumerateRunes().Count() <= longestWord ? 0 : -1;
        while (from >= 0 && from < word.Length)
        {
            var length = Math.Min(word.Length - from, longestPiece);
            while (length > 0 && !vocabulary.ContainsKey(Piece(word, from, length))) length--;
            if (length > 0) ids.Add(vocabulary[Piece(word, from, length)]);
            from = length > 0 ? from + length : -1;
        }
        if (from >= 0) return;
        ids.RemoveRange(before, ids.Count - before);
        ids.Add(unknownId);
    }

    private string Piece(string word, int from, int length) => from == 0 ? word[..length] : prefix + word.Substring(from, length);
}
