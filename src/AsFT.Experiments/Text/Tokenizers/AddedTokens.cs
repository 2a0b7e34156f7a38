namespace AsFT.Experiments.Text.Tokenizers;

/// <summary>A token beside the vocabulary of a tokenizer.json.</summary>
internal sealed record AddedToken(int Id, string Content, bool Special, bool SingleWord = false, bool StripLeft = false, bool StripRight = false)
{
    /// <summary>Runs of white space are no command to the model; they are read out of any text.</summary>
    public bool AnyText { get; } = !Special && Content.All(char.IsWhiteSpace);
}

/// <summary>
/// Finds added tokens in text: the leftmost, and of those the longest. Those with anything visible count only where
/// every character of them was written by a template.
/// </summary>
internal sealed class AddedTokens
{
    private readonly ILookup<char, AddedToken> byFirst;

    public AddedTokens(IEnumerable<AddedToken> tokens)
    {
        All = [.. tokens];
        byFirst = All.Where(t => t.Content.Length > 0).OrderByDescending(t => t.Content.Length).ToLookup(t => t.Content[0]);
        Ids = All.Select(t => t.Id).ToHashSet();
        Specials = All.Where(t => t.Special).Select(t => t.Id).ToHashSet();
    }

    public IReadOnlyList<AddedToken> All { get; }

    public IReadOnlySet<int> Ids { get; }

    public IReadOnlySet<int> Specials { get; }

    /// <summary>The text between tokens (Token null) and the tokens, in order.</summary>
    public IEnumerable<(string Text, AddedToken? Token)> Split(string text, Func<int, bool> fromTemplate)
    {
        var from = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (byFirst[text[i]].FirstOrDefault(t => IsAt(text, i, t, fromTemplate)) is not { } token) continue;
            var (start, end) = (i, i + token.Content.Length);
            while (token.StripLeft && start > from && char.IsWhiteSpace(text[start - 1])) start--;
            while (token.StripRight && end < text.Length && char.IsWhiteSpace(text[end])) end++;
            if (start > from) yield return (text[from..start], null);
            yield return (token.Content, token);
            from = end;
            i = end - 1;
        }
        if (from < text.Length) yield return (text[from..], null);
    }

    private static bool IsAt(string text, int at, AddedToken token, Func<int, bool> fromTemplate)
    {
        var end = at + token.Content.Length;
        if (string.CompareOrdinal(text, at, token.Content, 0, token.Content.Length) != 0) return false;
        if (!token.AnyText && !Enumerable.Range(at, token.Content.Length).All(fromTemplate)) return false;
        return !token.SingleWord || !(at > 0 && IsWord(text[at - 1])) && !(end < text.Length && IsWord(text[end]));
    }

    private static bool IsWord(char c) => char.IsLetterOrDigit(c) || c == '_';
}
