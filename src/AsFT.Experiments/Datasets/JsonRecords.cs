using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AsFT.Experiments.Datasets;

internal static class JsonRecords
{
    public static async IAsyncEnumerable<Record> ReadArrayAsync(Stream file, [EnumeratorCancellation] CancellationToken cancel)
    {
        var stream = new Utf8Stream(file);
        await using var elements = JsonSerializer.DeserializeAsyncEnumerable<JsonNode>(stream, cancellationToken: cancel).GetAsyncEnumerator(cancel);
        for (long number = 1; ; number++)
        {
            RowFault? broken = null;
            try
            {
                if (!await elements.MoveNextAsync()) yield break;
            }
            catch (JsonException)
            {
                broken = RowFault.At(number, "", null, "the JSON is broken or cut off here; rows from this one on could not be read");
            }
            stream.RecordRead();
            if (broken is not null)
            {
                yield return new(number, null, broken);
                yield break;
            }
            yield return FromNode(number, elements.Current);
        }
    }

    public static async IAsyncEnumerable<Record> ReadLinesAsync(Stream file, [EnumeratorCancellation] CancellationToken cancel)
    {
        long number = 0;
        await foreach (var (line, tooLong) in LinesAsync(file, cancel))
        {
            number++;
            if (tooLong)
                yield return new(number, null, RowFault.At(number, "", Encoding.UTF8.GetString(line[..100]), $"the line is longer than {Utf8Stream.LongestRecord >> 20} MB; split the row or remove it"));
            else if (line.AsSpan().Trim(" \t\r"u8).Length > 0)
                yield return Parse(number, line);
        }
    }

    private static Record Parse(long number, byte[] line)
    {
        try
        {
            return FromNode(number, JsonNode.Parse(line));
        }
        catch (JsonException e)
        {
            return new(number, null, RowFault.At(number, "", Encoding.UTF8.GetString(line), $"not valid JSON at character {e.BytePositionInLine}; one whole object {{…}} stands on each line"));
        }
    }

    private static Record FromNode(long number, JsonNode? node)
    {
        try
        {
            if (node is JsonObject columns && columns.Count >= 0) return new(number, columns); // Count makes doubled keys show
        }
        catch (ArgumentException)
        {
            return new(number, null, RowFault.At(number, "", null, "a column stands twice in this row"));
        }
        return new(number, null, RowFault.At(number, "", node?.ToJsonString(), "expected an object {\"column\": value, …}"));
    }

    /// <summary>Lines as bytes; of a line over the limit only the beginning, and the rest is passed over.</summary>
    private static async IAsyncEnumerable<(byte[] Line, bool TooLong)> LinesAsync(Stream file, [EnumeratorCancellation] CancellationToken cancel)
    {
        var stream = new Utf8Stream(file);
        var buffer = new byte[16 * 1024];
        var line = new ArrayBufferWriter<byte>();
        var tooLong = false;
        for (int n; (n = await stream.ReadAsync(buffer, cancel)) > 0;)
        {
            stream.RecordRead();
            for (var rest = buffer.AsMemory(0, n); rest.Length > 0;)
            {
                var end = rest.Span.IndexOf((byte)'\n');
                var part = end < 0 ? rest : rest[..end];
                tooLong |= line.WrittenCount + part.Length > Utf8Stream.LongestRecord;
                if (!tooLong || line.WrittenCount == 0) line.Write(part.Span);
                if (end < 0) break;
                yield return (line.WrittenSpan.ToArray(), tooLong);
                line.ResetWrittenCount();
                tooLong = false;
                rest = rest[(end + 1)..];
            }
        }
        if (line.WrittenCount > 0) yield return (line.WrittenSpan.ToArray(), tooLong);
    }
}
