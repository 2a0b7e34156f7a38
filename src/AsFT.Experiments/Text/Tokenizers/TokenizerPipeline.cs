namespace AsFT.Experiments.Text.Tokenizers;

/// <summary>All the steps from text to ids and back, in the order of a tokenizer.json.</summary>
internal sealed record TokenizerPipeline(AddedTokens Added, Normalizer? Normalize, WordCutter? Cut, ITokenModel Model, Decoder Decode, IReadOnlyDictionary<int, string> Tokens)
{
    private readonly Dictionary<string, int> idsByText = Tokens.ToDictionary(t => t.Value, t => t.Key, StringComparer.Ordinal);

    public int VocabularySize { get; } = Tokens.Keys.Max() + 1;

    public int? IdOf(string token) => idsByText.TryGetValue(token, out var id) ? id : null;

    /// <param name="text">what to encode</param>
    /// <param name="fromTemplate">which of its characters a template wrote</param>
    /// <param name="place">where the text stands</param>
    public List<int> Encode(string text, Func<int, bool> fromTemplate, Place place)
    {
        var ids = new List<int>(text.Length / 3 + 4);
        foreach (var (part, token) in Added.Split(text, fromTemplate))
        {
            if (token is not null) ids.Add(token.Id);
            else EncodePart(part, place, ids);
            place = Place.AfterToken;
        }
        return ids;
    }

    public string Text(IEnumerable<int> ids) => string.Concat(Decode([.. ids.Where(Tokens.ContainsKey).Select(id => Tokens[id])]));

    /// <summary>The words that reach the model.</summary>
    public IEnumerable<string> Words(string text) => Words(text, Place.Start);

    private IEnumerable<string> Words(string text, Place place)
    {
        if (Normalize is not null) text = Normalize(text, place);
        return text.Length == 0 ? [] : Cut is null ? [text] : Cut(text, place);
    }

    private void EncodePart(string text, Place place, List<int> ids)
    {
        foreach (var word in Words(text, place)) Model.Encode(word, ids);
    }
}
