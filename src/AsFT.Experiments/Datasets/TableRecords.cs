using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using CsvHelper;
using CsvHelper.Configuration;

namespace AsFT.Experiments.Datasets;

/// <summary>CSV by RFC 4180, and tab-separated text, which is read without quoting: a quote is a character like any other.</summary>
internal static class TableRecords
{
    public static async IAsyncEnumerable<Record> ReadAsync(Stream file, FileFormat format, [EnumeratorCancellation] CancellationToken cancel)
    {
        var stream = new Utf8Stream(file);
        using var parser = new CsvParser(new StreamReader(stream, new UTF8Encoding(false)), new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = format == FileFormat.Tsv ? "\t" : ",",
            Mode = format == FileFormat.Tsv ? CsvMode.NoEscape : CsvMode.RFC4180,
            BadDataFound = null,
            MaxFieldSize = Utf8Stream.LongestRecord,
        });
        if (!await NextAsync(parser)) throw new DatasetException("The file holds no header line.");
        var header = CheckHeader(parser.Record!);
        for (long number = 1; await NextAsync(parser); number++)
        {
            cancel.ThrowIfCancellationRequested();
            stream.RecordRead();
            var fields = parser.Record!;
            yield return fields.Length == header.Length
                ? new(number, new JsonObject(header.Zip(fields, (h, f) => KeyValuePair.Create(h, (JsonNode?)JsonValue.Create(f)))))
                : new(number, null, RowFault.At(number, "", string.Join(parser.Delimiter, fields),
                    $"has {fields.Length} columns, the header has {header.Length}" + (format == FileFormat.Csv ? "; a text with commas or line breaks needs quotes around it" : "; write a tab or line break inside a text as a space")));
        }
    }

    private static async Task<bool> NextAsync(CsvParser parser)
    {
        try
        {
            return await parser.ReadAsync();
        }
        catch (MaxFieldSizeException e)
        {
            throw new DatasetException($"A field near line {parser.RawRow} is longer than {Utf8Stream.LongestRecord >> 20} MB. Check quotes and line breaks.", e);
        }
    }

    private static string[] CheckHeader(string[] header)
    {
        for (var i = 0; i < header.Length; i++)
        {
            if (string.IsNullOrWhiteSpace(header[i])) throw new DatasetException($"Column {i + 1} has no name in the header line. Give each column a name.");
            if (Array.IndexOf(header, header[i]) < i) throw new DatasetException($"The column name '{header[i]}' stands twice in the header line. Rename one of them.");
        }
        return header;
    }
}
