using System.Text;
using Microsoft.ML.Tokenizers;

namespace AsFT.Experiments.Text;

/// <summary>Text to ids and back. Special tokens are never read out of text: a user who writes &lt;/s&gt; gets its characters.</summary>
public sealed class TextTokenizer(Tokenizer tokenizer, int vocabularySize, int? beginId, int endId)
{
    public int VocabularySize { get; } = vocabularySize;

    /// <summary>The id that begins every prompt, if the model has one.</summary>
    public int? BeginId { get; } = beginId;

    /// <summary>The id that ends an answer; also used to pad, where it is masked out.</summary>
    public int EndId { get; } = endId;

    public IReadOnlyList<int> Encode(string text)
    {
        if (text.Length == 0) return [];
        text = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)); // half a surrogate pair becomes U+FFFD
        return tokenizer is SentencePieceTokenizer pieces
            ? pieces.EncodeToIds(text, addBeginningOfSentence: false, addEndOfSentence: false)
            : tokenizer.EncodeToIds(text);
    }

    public string Decode(IEnumerable<int> ids) => tokenizer.Decode(ids.Where(id => id != EndId && id != BeginId)) ?? "";

    /// <summary>Each id's own text, for display.</summary>
    public string Piece(int id) => id == EndId ? "⟨end⟩" : id == BeginId ? "⟨begin⟩" : tokenizer.Decode([id]) ?? "";
}
