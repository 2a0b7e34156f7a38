using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace AsFT.Experiments.Classification;

/// <summary>Of which texts a classifier learnt or was chosen by, as hashes in a file beside it: a judge is not tried on them. Whoever has a text can ask whether it is among them.</summary>
public sealed class SeenTexts
{
    public const string FileName = "seen.hashes";

    private readonly HashSet<ulong> hashes;

    private SeenTexts(HashSet<ulong> hashes) => this.hashes = hashes;

    /// <summary>Whether a classifier's texts were kept; those of one that was trained before they were are not known.</summary>
    public static bool AreIn(string directory) => File.Exists(Path.Combine(directory, FileName));

    /// <summary>Empty where there is no such file.</summary>
    public static SeenTexts Read(string directory)
    {
        var path = Path.Combine(directory, FileName);
        return new(AreIn(directory) ? [.. File.ReadAllBytes(path).Chunk(sizeof(ulong)).Where(c => c.Length == sizeof(ulong)).Select(c => BinaryPrimitives.ReadUInt64LittleEndian(c))] : []);
    }

    public SeenTexts With(IEnumerable<string> texts) => new([.. hashes, .. texts.Select(Of)]);

    public bool Contains(string text) => hashes.Contains(Of(text));

    public void Write(string directory)
    {
        var bytes = new byte[hashes.Count * sizeof(ulong)];
        foreach (var (hash, i) in hashes.Order().Select((h, i) => (h, i))) BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(i * sizeof(ulong)), hash);
        File.WriteAllBytes(Path.Combine(directory, FileName), bytes);
    }

    private static ulong Of(string text) => BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text.Trim())));
}
