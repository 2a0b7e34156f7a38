using System.Text;
using AsFT.Experiments.Text.Templates;
using AsFT.Experiments.Text.Tokenizers;

namespace AsFT.Experiments.Text;

/// <summary>
/// Text to ids and back. Special tokens are read only out of what a chat template wrote: a person who writes
/// &lt;/s&gt; gets its characters.
/// </summary>
public sealed class TextTokenizer
{
    private readonly TokenizerPipeline pipeline;
    private readonly HashSet<int> silent;

    internal TextTokenizer(TokenizerPipeline pipeline, int? beginId, IReadOnlyList<int> endIds, ChatTemplate? chat)
    {
        (this.pipeline, BeginId, EndIds, Chat) = (pipeline, beginId, endIds, chat);
        silent = [.. pipeline.Added.Specials, .. endIds];
        if (beginId is { } begin) silent.Add(begin);
    }

    public int VocabularySize => pipeline.VocabularySize;

    /// <summary>The id that begins every prompt that no chat template writes, if the model has one.</summary>
    public int? BeginId { get; }

    /// <summary>The id that ends an answer; also used to pad, where it is masked out.</summary>
    public int EndId => EndIds[0];

    /// <summary>Every id at which an answer is over: the end of the text, and the end of a turn in a conversation.</summary>
    public IReadOnlyList<int> EndIds { get; }

    /// <summary>The model's own chat template, where its directory has one.</summary>
    public ChatTemplate? Chat { get; }

    /// <summary>The ids of what a person wrote.</summary>
    public IReadOnlyList<int> Encode(string text) => text.Length == 0 ? [] : pipeline.Encode(Whole(text), _ => false, Place.Start);

    /// <summary>The ids of a rendered conversation.</summary>
    /// <param name="segments">what a template and what a person wrote, in order</param>
    /// <param name="after">the ids that it goes on from: after text, no space is put before it</param>
    public IReadOnlyList<int> Encode(IReadOnlyList<Segment> segments, IReadOnlyList<int>? after = null)
    {
        var text = string.Concat(segments.Select(s => s.Text));
        if (text.Length == 0) return [];
        var template = segments.SelectMany(s => Enumerable.Repeat(s.FromTemplate, s.Text.Length)).ToArray();
        var place = after is not { Count: > 0 } ? Place.Start : pipeline.Added.Ids.Contains(after[^1]) ? Place.AfterToken : Place.Continues;
        return pipeline.Encode(Whole(text), i => template[i], place);
    }

    public string Decode(IEnumerable<int> ids) => pipeline.Text(ids.Where(id => !silent.Contains(id)));

    /// <summary>Each id's own text, for display.</summary>
    public string Piece(int id)
    {
        if (id == BeginId) return "⟨begin⟩";
        if (id == EndId) return "⟨end⟩";
        if (!pipeline.Tokens.TryGetValue(id, out var token)) return "";
        if (silent.Contains(id)) return token;
        var text = pipeline.Text([id]);
        return token.StartsWith('▁') && !text.StartsWith(' ') ? " " + text : text;
    }

    /// <summary>The id of a token by its text, special tokens included.</summary>
    public int? IdOf(string token) => pipeline.IdOf(token);

    /// <summary>Half a surrogate pair becomes U+FFFD.</summary>
    private static string Whole(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
