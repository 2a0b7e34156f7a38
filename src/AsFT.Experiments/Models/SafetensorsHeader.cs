using System.Buffers.Binary;
using System.Text.Json;

namespace AsFT.Experiments.Models;

public sealed record TensorEntry(string Name, string Dtype, IReadOnlyList<long> Shape, long Begin, long End)
{
    public long Elements => Shape.Aggregate(1L, (a, b) => checked(a * b));
}

/// <summary>A model's files that cannot be used. The message says what is wrong with which file.</summary>
public sealed class ModelException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// The header of a safetensors file: 8 bytes of length (little endian), then JSON {name: {dtype, shape, data_offsets}}.
/// Everything in it is checked before a byte of data is touched.
/// </summary>
public sealed class SafetensorsHeader
{
    private const long LongestHeader = 100_000_000;

    private static readonly Dictionary<string, int> Sizes = new()
    {
        ["F64"] = 8, ["F32"] = 4, ["F16"] = 2, ["BF16"] = 2, ["I64"] = 8, ["I32"] = 4, ["I16"] = 2, ["I8"] = 1, ["U8"] = 1, ["BOOL"] = 1,
    };

    public IReadOnlyList<TensorEntry> Tensors { get; }

    /// <summary>Where the data begins in the file.</summary>
    public long DataStart { get; }

    private SafetensorsHeader(IReadOnlyList<TensorEntry> tensors, long dataStart) => (Tensors, DataStart) = (tensors, dataStart);

    /// <exception cref="ModelException">the header is damaged; the message names the file and the fault</exception>
    public static SafetensorsHeader Read(string path)
    {
        using var file = File.OpenRead(path);
        return Read(file, Path.GetFileName(path));
    }

    public static SafetensorsHeader Read(Stream file, string name)
    {
        Span<byte> prefix = stackalloc byte[8];
        if (file.ReadAtLeast(prefix, 8, throwOnEndOfStream: false) < 8) throw new ModelException($"{name}: cut off within its first 8 bytes");
        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > LongestHeader || length > (ulong)(file.Length - 8)) throw new ModelException($"{name}: says that its header has {length} bytes, the file has {file.Length}");
        var json = new byte[length];
        file.ReadExactly(json);
        try
        {
            using var document = JsonDocument.Parse(json, new() { MaxDepth = 8 });
            var tensors = Entries(document.RootElement, name).OrderBy(t => t.Begin).ToList();
            CheckLayout(tensors, file.Length - 8 - (long)length, name);
            return new(tensors, 8 + (long)length);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or OverflowException or KeyNotFoundException or IndexOutOfRangeException or ArgumentException)
        {
            throw new ModelException($"{name}: its header is not as safetensors has it ({e.Message})", e);
        }
    }

    private static IEnumerable<TensorEntry> Entries(JsonElement root, string file)
    {
        var seen = new HashSet<string>();
        foreach (var property in root.EnumerateObject())
        {
            if (!seen.Add(property.Name)) throw new ModelException($"{file}: the tensor '{property.Name}' stands twice in the header");
            if (property.Name == "__metadata__") continue;
            var dtype = property.Value.GetProperty("dtype").GetString() ?? "null";
            if (!Sizes.TryGetValue(dtype, out var size)) throw new ModelException($"{file}: the tensor '{property.Name}' has the number format {dtype}, which is not read here");
            var shape = property.Value.GetProperty("shape").EnumerateArray().Select(d => d.GetInt64()).ToList();
            if (shape.Any(d => d < 0)) throw new ModelException($"{file}: the tensor '{property.Name}' has a negative dimension");
            var offsets = property.Value.GetProperty("data_offsets");
            if (offsets.GetArrayLength() != 2) throw new ModelException($"{file}: the tensor '{property.Name}' has {offsets.GetArrayLength()} data_offsets; a begin and an end are expected");
            var entry = new TensorEntry(property.Name, dtype, shape, offsets[0].GetInt64(), offsets[1].GetInt64());
            if (entry.Begin < 0 || entry.End - entry.Begin != checked(entry.Elements * size))
                throw new ModelException($"{file}: the tensor '{property.Name}' of shape [{string.Join(", ", shape)}] {dtype} does not take bytes {entry.Begin} to {entry.End}");
            yield return entry;
        }
    }

    private static void CheckLayout(List<TensorEntry> tensors, long dataLength, string file)
    {
        long at = 0;
        foreach (var tensor in tensors)
        {
            if (tensor.Begin != at) throw new ModelException($"{file}: the tensor '{tensor.Name}' begins at byte {tensor.Begin} where {at} was expected: tensors overlap or leave a hole");
            at = tensor.End;
        }
        if (at != dataLength) throw new ModelException($"{file}: its header describes {at} bytes of data, the file holds {dataLength}; it is cut off or was not fully copied");
    }
}
