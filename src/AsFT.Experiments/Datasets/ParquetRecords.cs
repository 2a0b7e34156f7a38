using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Parquet;
using Parquet.Schema;
using Parquet.Serialization;

namespace AsFT.Experiments.Datasets;

/// <summary>Flat Parquet files, one row group in memory at a time.</summary>
internal static class ParquetRecords
{
    public static async IAsyncEnumerable<Record> ReadAsync(Stream file, [EnumeratorCancellation] CancellationToken cancel)
    {
        var groups = await CheckAsync(file, cancel);
        long number = 0;
        for (var group = 0; group < groups; group++)
        {
            var rows = await ParquetSerializer.DeserializeUntypedAsync(file, rowGroupIndex: group, cancellationToken: cancel);
            foreach (var row in rows.Data)
                yield return new(++number, new JsonObject(row.Select(cell => KeyValuePair.Create(cell.Key, (JsonNode?)ToNode(cell.Value)))));
        }
    }

    private static async Task<int> CheckAsync(Stream file, CancellationToken cancel)
    {
        try
        {
            await using var reader = await ParquetReader.CreateAsync(file, leaveStreamOpen: true, cancellationToken: cancel);
            var nested = reader.Schema.Fields.FirstOrDefault(f => f.SchemaType != SchemaType.Data || f is DataField { IsArray: true });
            if (nested is not null)
                throw new DatasetException($"The Parquet column '{nested.Name}' is nested ({nested.SchemaType}). Only flat columns are read; convert the file to JSONL, where nested rows are read.");
            return reader.RowGroupCount;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or ParquetException or ArgumentException or OverflowException)
        {
            throw new DatasetException($"The Parquet file is damaged or cut off ({e.Message}). Write it again and upload it.", e);
        }
    }

    private static JsonValue? ToNode(object? value) => value switch
    {
        null => null,
        string text => JsonValue.Create(text),
        bool flag => JsonValue.Create(flag),
        _ => JsonValue.Create(Convert.ToString(value, CultureInfo.InvariantCulture)),
    };
}
