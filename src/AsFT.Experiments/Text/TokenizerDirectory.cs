using System.Text.Json;
using AsFT.Experiments.Models;
using AsFT.Experiments.Text.Templates;
using AsFT.Experiments.Text.Tokenizers;

namespace AsFT.Experiments.Text;

/// <summary>
/// The tokenizer of a model directory: tokenizer.json (BPE, over bytes or with bytes for unknown characters) or
/// tokenizer.model (SentencePiece BPE). What cannot be read exactly is refused by name.
/// </summary>
public static class TokenizerDirectory
{
    /// <summary>How GPT-2 cuts text into words before BPE.</summary>
    public const string WordPattern = @"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    /// <summary>One line for people; says so when there is none.</summary>
    public static string Describe(string directory) =>
        Path.Combine(directory, "tokenizer.json") is var json && File.Exists(json) ? $"tokenizer.json ({TokenizerJson.Kind(json)})"
        : File.Exists(Path.Combine(directory, "tokenizer.model")) ? "tokenizer.model (SentencePiece)"
        : File.Exists(Path.Combine(directory, "vocab.txt")) ? "vocab.txt (WordPiece)"
        : "none";

    /// <exception cref="ModelException">missing, damaged, or of a kind that is not read exactly</exception>
    public static TextTokenizer Load(string directory)
    {
        try
        {
            var settings = new TokenizerSettings(directory);
            var json = Path.Combine(directory, "tokenizer.json");
            if (File.Exists(json)) return FromJson(json, directory, settings);
            var pieces = Path.Combine(directory, "tokenizer.model");
            if (!File.Exists(pieces)) throw new ModelException("neither tokenizer.json nor tokenizer.model is in the directory: text cannot be read. Copy the whole model directory.");
            return FromPieces(new(File.ReadAllBytes(pieces)), directory, settings);
        }
        catch (Exception e) when (e is not ModelException and (JsonException or InvalidOperationException or KeyNotFoundException or ArgumentException or FormatException or InvalidDataException or NotSupportedException or IndexOutOfRangeException))
        {
            throw new ModelException($"the tokenizer cannot be read: {e.Message}", e);
        }
    }

    private static TextTokenizer FromJson(string path, string directory, TokenizerSettings settings)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        var root = document.RootElement;
        var pipeline = TokenizerJson.Read(root);
        var processor = root.TryGetProperty("post_processor", out var p) ? p : default;
        int? begin;
        if (settings.AddsBegin is { } adds) begin = adds ? BeginId(pipeline, settings) : null;
        else if (TokenizerJson.BeginToken(processor) is { } token) begin = pipeline.IdOf(token);
        else begin = settings.HasTokenizerConfig || processor.ValueKind == JsonValueKind.Object ? null : settings.BeginId;
        return Make(pipeline, begin, settings.EndIds(EndId(pipeline, settings)), directory, settings);
    }

    private static TextTokenizer FromPieces(SentencePieceFile file, string directory, TokenizerSettings settings)
    {
        var pipeline = file.Pipeline();
        var ends = settings.EndIds(EndId(pipeline, settings));
        int? begin = settings.AddsBegin == false ? null : BeginId(pipeline, settings) ?? file.BeginId;
        return Make(pipeline, begin >= 0 ? begin : null, ends.Count > 0 ? ends : file.EndId >= 0 ? [file.EndId] : [], directory, settings);
    }

    private static int? BeginId(TokenizerPipeline pipeline, TokenizerSettings settings) =>
        settings.Token("bos_token") is { } token ? pipeline.IdOf(token) : settings.BeginId;

    private static int? EndId(TokenizerPipeline pipeline, TokenizerSettings settings) =>
        settings.Token("eos_token") is { } token ? pipeline.IdOf(token) : null;

    private static TextTokenizer Make(TokenizerPipeline pipeline, int? begin, IReadOnlyList<int> ends, string directory, TokenizerSettings settings)
    {
        if (ends.Count == 0) throw new ModelException("config.json names no eos_token_id: answers would never end");
        var chat = ChatTemplate.Find(directory, settings, pipeline.Added.All);
        if (chat?.EndOfTurn is { } turn && pipeline.IdOf(turn) is { } id && !ends.Contains(id)) ends = [.. ends, id];
        return new(pipeline, begin, ends, chat);
    }
}
