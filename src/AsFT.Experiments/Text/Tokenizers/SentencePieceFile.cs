using System.Buffers.Binary;
using System.Text;
using AsFT.Experiments.Models;

namespace AsFT.Experiments.Text.Tokenizers;

/// <summary>Reads a tokenizer.model: SentencePiece's protocol buffer, of which BPE models without a character map are read.</summary>
internal sealed class SentencePieceFile
{
    private enum Kind { Normal = 1, Unknown, Control, UserDefined, Unused, Byte }

    private readonly List<(string Text, float Score, Kind Kind)> pieces = [];
    private long modelType = 1; // absent means Unigram
    private bool spaceAsSuffix, byteFallback, hasCharacterMap, prefix = true, collapse = true, escape = true;

    public int BeginId { get; private set; } = 1;
    public int EndId { get; private set; } = 2;

    public SentencePieceFile(byte[] file)
    {
        foreach (var field in Fields(file))
            if (field.Number == 1) pieces.Add(Piece(field.Bytes));
            else if (field.Number == 2) ReadTrainer(field.Bytes);
            else if (field.Number == 3) ReadNormalizer(field.Bytes);
    }

    /// <exception cref="ModelException">a kind that is not read exactly; the message names it</exception>
    public TokenizerPipeline Pipeline()
    {
        Check();
        var tokens = pieces.Select((p, id) => (p.Text, id)).ToDictionary(p => p.id, p => p.Text);
        var ids = tokens.ToDictionary(t => t.Value, t => t.Key, StringComparer.Ordinal);
        // What a person writes becomes ordinary pieces and white space only; the rest is for templates.
        var added = new AddedTokens(pieces.Select((p, id) => (p, id)).Where(p => p.p.Kind is Kind.Control or Kind.Unknown || IsVisible(p.p)).Select(p => new AddedToken(p.id, p.p.Text, p.p.Kind != Kind.UserDefined)));
        var barred = pieces.Select((p, id) => (p, id)).Where(p => p.p.Kind is not (Kind.Normal or Kind.UserDefined) || IsVisible(p.p)).Select(p => p.id).ToHashSet();
        var unknown = UnknownCharacters.Of(ids, byteFallback, pieces.FindIndex(p => p.Kind == Kind.Unknown), fuse: true);
        var model = new BytePairModel(PairTable.FromScores(ids, pieces.ConvertAll(p => p.Score), barred), unknown)
        {
            Frozen = [.. pieces.Where(p => p.Kind == Kind.UserDefined && !IsVisible(p)).Select(p => p.Text)],
        };
        return new(added, Normalize, null, model, Decoders.SentencePiece(prefix), tokens);
    }

    private static bool IsVisible((string Text, float Score, Kind Kind) piece) => piece.Kind == Kind.UserDefined && !piece.Text.All(c => c == '▁' || char.IsWhiteSpace(c));

    private string Normalize(string text, Place place)
    {
        if (collapse) text = string.Join(' ', text.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        if (prefix && place != Place.Continues && text.Length > 0) text = " " + text;
        text = text.Replace(' ', '▁');
        return collapse ? text.TrimEnd('▁') : text; // a ▁ that was written goes with the spaces at the end
    }

    private void Check()
    {
        if (modelType != 2) throw new ModelException($"tokenizer.model is of the kind {modelType switch { 1 => "Unigram", 3 => "Word", 4 => "Char", _ => "unknown" }}; of SentencePiece models, BPE is read");
        if (hasCharacterMap) throw new ModelException("tokenizer.model rewrites characters by a map of its own, which is not read here; take a model whose normaliser is identity");
        if (!escape || spaceAsSuffix) throw new ModelException("tokenizer.model marks spaces in another way than ▁ before a word, which is not read here");
        if (pieces.Any(p => p.Kind == Kind.Unused)) throw new ModelException("tokenizer.model has unused pieces, which are not read here");
        if (pieces.Count(p => p.Kind == Kind.Unknown) != 1) throw new ModelException("tokenizer.model does not have exactly one unknown piece; the file is damaged");
        if (pieces.GroupBy(p => p.Text).FirstOrDefault(g => g.Count() > 1) is { } twice) throw new ModelException($"tokenizer.model has the piece '{twice.Key}' twice; the file is damaged");
    }

    private void ReadTrainer(ReadOnlyMemory<byte> message)
    {
        foreach (var field in Fields(message))
            switch (field.Number)
            {
                case 3: modelType = field.Value; break;
                case 24: spaceAsSuffix = field.Value != 0; break;
                case 35: byteFallback = field.Value != 0; break;
                case 41: BeginId = (int)field.Value; break;
                case 42: EndId = (int)field.Value; break;
            }
    }

    private void ReadNormalizer(ReadOnlyMemory<byte> message)
    {
        foreach (var field in Fields(message))
            switch (field.Number)
            {
                case 2: hasCharacterMap = field.Bytes.Length > 0; break;
                case 3: prefix = field.Value != 0; break;
                case 4: collapse = field.Value != 0; break;
                case 5: escape = field.Value != 0; break;
            }
    }

    private static (string, float, Kind) Piece(ReadOnlyMemory<byte> message)
    {
        var (text, score, kind) = ("", 0f, Kind.Normal);
        foreach (var field in Fields(message))
            switch (field.Number)
            {
                case 1: text = Encoding.UTF8.GetString(field.Bytes.Span); break;
                case 2: score = BitConverter.Int32BitsToSingle((int)field.Value); break;
                case 3: kind = (Kind)field.Value; break;
            }
        return (text, score, kind);
    }

    private static IEnumerable<(int Number, long Value, ReadOnlyMemory<byte> Bytes)> Fields(ReadOnlyMemory<byte> message)
    {
        var at = 0;
        while (at < message.Length)
        {
            var key = Variable(message.Span, ref at);
            var (value, length) = ((key & 7) == 0 ? Variable(message.Span, ref at) : 0, (key & 7) switch { 0 => 0, 1 => 8, 2 => Variable(message.Span, ref at), 5 => 4, _ => -1 });
            if (length < 0 || length > message.Length - at) throw new InvalidDataException("tokenizer.model is cut off or is no SentencePiece model");
            var bytes = message.Slice(at, (int)length);
            if ((key & 7) == 5) value = BinaryPrimitives.ReadInt32LittleEndian(bytes.Span);
            at += (int)length;
            yield return ((int)(key >> 3), value, bytes);
        }
    }

    /// <summary>A number of seven bits a byte, the lowest first.</summary>
    private static long Variable(ReadOnlySpan<byte> message, ref int at)
    {
        var value = 0L;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (at >= message.Length) break;
            var b = message[at++];
            value |= (long)(b & 0x7F) << shift;
            if (b < 0x80) return value;
        }
        throw new InvalidDataException("tokenizer.model is cut off or is no SentencePiece model");
    }
}
