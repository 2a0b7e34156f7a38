using System.Globalization;
using System.Text;

namespace AsFT.Experiments.Text.Tokenizers;

/// <summary>What becomes of a character that the vocabulary lacks: its UTF-8 bytes as &lt;0x00&gt; … &lt;0xFF&gt;, or the unknown token.</summary>
internal sealed record UnknownCharacters(int[]? Bytes, int? UnknownId, bool Fuse)
{
    /// <exception cref="FormatException">byte_fallback is on and a byte has no entry</exception>
    public static UnknownCharacters Of(IReadOnlyDictionary<string, int> vocabulary, bool byteFallback, int? unknownId, bool fuse)
    {
        var bytes = !byteFallback ? null : Enumerable.Range(0, 256).Select(b => vocabulary.TryGetValue(Name(b), out var id) ? id
            : throw new FormatException($"there is no entry for the byte {Name(b)}: text would be lost silently")).ToArray();
        return new(bytes, unknownId, fuse);
    }

    /// <param name="follows">the character before was unknown too</param>
    public void Write(string character, bool follows, List<int> ids)
    {
        if (Bytes is not null) ids.AddRange(Encoding.UTF8.GetBytes(character).Select(b => Bytes[b]));
        else if (!(follows && Fuse)) ids.Add(UnknownId!.Value); // a vocabulary without one is refused when it is read
    }

    /// <summary>The byte that the token stands for, if it is one of these.</summary>
    public static byte? ByteOf(string token) =>
        token.Length == 6 && token.StartsWith("<0x", StringComparison.Ordinal) && token[5] == '>' && byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) ? value : null;

    private static string Name(int value) => $"<0x{value:X2}>";
}
