using System.Text;
using System.Text.Json;
using AsFT.Experiments.Models;
using AsFT.Experiments.Text.Tokenizers;

namespace AsFT.Experiments.Text;

/// <summary>
/// The tokenizer of a classifier such as BERT, from tokenizer.json or vocab.txt. It puts no special tokens in by itself
/// and reads none out of text: the caller sets them, as in [CLS] words [SEP] text [SEP].
/// </summary>
public sealed class WordPieceTokenizer
{
    private readonly TokenizerPipeline pipeline;

    private WordPieceTokenizer(TokenizerPipeline pipeline, TokenizerSettings settings)
    {
        this.pipeline = pipeline;
        int? Find(string role, string usual) => pipeline.IdOf(settings.Token(role) ?? usual);
        int Id(string role, string usual) => Find(role, usual) ?? throw new ModelException($"the vocabulary has no {settings.Token(role) ?? usual}, which {role} names; copy the whole model directory");
        (ClassifyId, SeparateId, PadId, UnknownId) = (Id("cls_token", "[CLS]"), Id("sep_token", "[SEP]"), Id("pad_token", "[PAD]"), Id("unk_token", "[UNK]"));
        MaskId = Find("mask_token", "[MASK]");
    }

    public int VocabularySize => pipeline.VocabularySize;

    /// <summary>[CLS], before everything.</summary>
    public int ClassifyId { get; }

    /// <summary>[SEP], after each segment.</summary>
    public int SeparateId { get; }

    public int PadId { get; }
    public int UnknownId { get; }

    /// <summary>[MASK], where the vocabulary has it.</summary>
    public int? MaskId { get; }

    /// <exception cref="ModelException">missing, damaged, or of a kind that is not read exactly</exception>
    public static WordPieceTokenizer Load(string directory)
    {
        var (json, list) = (Path.Combine(directory, "tokenizer.json"), Path.Combine(directory, "vocab.txt"));
        try
        {
            var settings = new TokenizerSettings(directory);
            if (File.Exists(json)) return new(FromJson(json), settings);
            if (File.Exists(list)) return new(FromList(list, settings), settings);
            throw new ModelException("neither tokenizer.json nor vocab.txt is in the directory: text cannot be read. Copy the whole model directory.");
        }
        catch (Exception e) when (e is not ModelException and (JsonException or InvalidOperationException or KeyNotFoundException or ArgumentException or FormatException or InvalidDataException or IndexOutOfRangeException))
        {
            throw new ModelException($"the tokenizer cannot be read: {e.Message}", e);
        }
    }

    /// <summary>The pieces of a text or of a single word, without special tokens.</summary>
    public IReadOnlyList<int> Encode(string text) => text.Length == 0 ? [] : pipeline.Encode(Whole(text), _ => false, Place.Start);

    /// <summary>The words of a text as the tokenizer cuts them, each with its pieces.</summary>
    public IReadOnlyList<(string Word, IReadOnlyList<int> Pieces)> Words(string text) => [.. pipeline.Words(Whole(text)).Select(word =>
    {
        var pieces = new List<int>();
        pipeline.Model.Encode(word, pieces);
        return (word, (IReadOnlyList<int>)pieces);
    })];

    /// <summary>A token's text, ## before those that go on a word.</summary>
    public string Token(int id) => pipeline.Tokens.GetValueOrDefault(id, "");

    public string Decode(IEnumerable<int> ids) => pipeline.Text(ids.Where(id => id != ClassifyId && id != SeparateId && id != PadId));

    private static TokenizerPipeline FromJson(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        var root = document.RootElement;
        var model = root.GetProperty("model");
        if (model.GetProperty("type").GetString() is var type and not "WordPiece") throw new ModelException($"tokenizer.json is of the kind {type}; a classifier's tokenizer is read where it is WordPiece");
        var vocabulary = model.GetProperty("vocab").EnumerateObject().ToDictionary(e => e.Name, e => e.Value.GetInt32(), StringComparer.Ordinal);
        var unknown = model.GetProperty("unk_token").GetString()!;
        if (!vocabulary.TryGetValue(unknown, out var id)) throw new ModelException($"tokenizer.json names {unknown} for unknown words, which its vocabulary lacks");
        var pieces = new WordPieceModel(vocabulary, id, model.GetProperty("continuing_subword_prefix").GetString()!, model.GetProperty("max_input_chars_per_word").GetInt32());
        return Pipeline(vocabulary, new(TokenizerJson.Added(root)), Normalizers.Read(root.GetProperty("normalizer")), WordCutters.Read(root.GetProperty("pre_tokenizer")), pieces);
    }

    /// <summary>One token a line; how text is cleaned is said by tokenizer_config.json.</summary>
    private static TokenizerPipeline FromList(string path, TokenizerSettings settings)
    {
        var lines = File.ReadAllText(path).ReplaceLineEndings("\n");
        var vocabulary = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (token, id) in (lines.EndsWith('\n') ? lines[..^1] : lines).Split('\n').Select((t, i) => (t, i)))
            if (!vocabulary.TryAdd(token, id)) throw new ModelException($"vocab.txt has '{token}' twice, in lines {vocabulary[token] + 1} and {id + 1}; the file is damaged");
        var unknown = settings.Token("unk_token") ?? "[UNK]";
        if (!vocabulary.TryGetValue(unknown, out var unknownId)) throw new ModelException($"vocab.txt has no {unknown} for unknown words");
        var lower = settings.LowerCases ?? true;
        var text = new BertText(Clean: true, settings.SpacesIdeographs ?? true, settings.StripsAccents ?? lower, lower);
        return Pipeline(vocabulary, new([]), text.Apply, BertText.Words, new(vocabulary, unknownId, "##", 100));
    }

    private static TokenizerPipeline Pipeline(Dictionary<string, int> vocabulary, AddedTokens added, Normalizer? normalize, WordCutter? cut, WordPieceModel model)
    {
        var tokens = vocabulary.ToDictionary(v => v.Value, v => v.Key);
        foreach (var token in added.All) tokens[token.Id] = token.Content;
        return new(added, normalize, cut, model, Decoders.WordPieces, tokens);
    }

    /// <summary>Half a surrogate pair becomes U+FFFD.</summary>
    private static string Whole(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
