using System.Text;

namespace AsFT.Experiments.Datasets;

/// <summary>Finds out what a file is and reads its records one by one, in bounded memory.</summary>
public static class RecordReader
{
    public static readonly IReadOnlyList<string> Extensions = [".json", ".jsonl", ".ndjson", ".csv", ".tsv", ".txt", ".parquet"];

    /// <summary>The format by content, where content tells; else by the name's ending.</summary>
    /// <exception cref="DatasetException">empty, or of no format that is read here</exception>
    public static FileFormat Detect(Stream file, string name)
    {
        var extension = Path.GetExtension(name).ToLowerInvariant();
        if (!Extensions.Contains(extension))
            throw new DatasetException($"Files ending in '{extension}' are not read. Upload a JSON array, JSONL, CSV, TSV or Parquet file ({string.Join(", ", Extensions)}).");
        var head = new byte[64 * 1024];
        var n = file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        file.Position = 0;
        if (n == 0) throw new DatasetException("The file is empty.");
        if (head.AsSpan(0, n).StartsWith<byte>([0xFF, 0xFE]) || head.AsSpan(0, n).StartsWith<byte>([0xFE, 0xFF])) throw new DatasetException("The file is UTF-16. Save it as UTF-8 and upload it again.");
        if (head.AsSpan(0, n).StartsWith("PAR1"u8)) return FileFormat.Parquet;
        if (head.AsSpan(0, n).StartsWith("PK"u8) || head[0] == 0x1F && head[1] == 0x8B)
            throw new DatasetException("The file is compressed. Unpack it and upload the file inside.");
        if (extension == ".parquet") throw new DatasetException("The file is named .parquet but does not begin as a Parquet file does.");

        var text = Encoding.UTF8.GetString(head, 0, n).TrimStart('\uFEFF', ' ', '\t', '\r', '\n');
        if (text.Length == 0) throw new DatasetException("The file holds nothing but white space.");
        return (extension, text[0]) switch
        {
            (".csv", _) => FileFormat.Csv,
            (".tsv", _) => FileFormat.Tsv,
            (_, '[') => FileFormat.JsonArray,
            (_, '{') => FileFormat.JsonLines,
            (".txt", _) when text.AsSpan(0, Math.Max(0, text.IndexOf('\n'))).Contains('\t') => FileFormat.Tsv,
            (".txt", _) => throw new DatasetException("A .txt file is read as tab-separated columns with a header line; the first line of this one holds no tab."),
            _ => throw new DatasetException($"A {extension} file holds objects in {{…}}, one a line or in one list […]; this one begins with '{text[0]}'."),
        };
    }

    public static IAsyncEnumerable<Record> ReadAsync(Stream file, FileFormat format, CancellationToken cancel) => format switch
    {
        FileFormat.JsonArray => JsonRecords.ReadArrayAsync(file, cancel),
        FileFormat.JsonLines => JsonRecords.ReadLinesAsync(file, cancel),
        FileFormat.Parquet => ParquetRecords.ReadAsync(file, cancel),
        _ => TableRecords.ReadAsync(file, format, cancel),
    };
}
