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
            var rows = await GroupAsync(file, group, cancel);
            foreach (var row in rows)
                yield return new(++number, new JsonObject(row.Select(cell => KeyValuePair.Create(cell.Key, (JsonNode?)ToNode(cell.Key, cell.Value)))));
        }
    }

    private static async Task<IEnumerable<IDictionary<string, object>>> GroupAsync(Stream file, int group, CancellationToken cancel)
    {
        try
        {
            return (await ParquetSerializer.DeserializeUntypedAsync(file, rowGroupIndex: group, cancellationToken: cancel)).Data;
        }
        catch (Exception e) when (e is not OperationCanceledException) // a damaged page fails in as many ways as there are encodings
        {
            throw Damaged(e);
        }
    }

    private static DatasetException Damaged(Exception e) => new("The Parquet file is damaged or cut off. Write it again and upload it.", e);

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
            throw Damaged(e);
        }
    }

    private static JsonValue? ToNode(string column, object? value) => value switch
    {
        null => null,
        string text => JsonValue.Create(text),
        bool flag => JsonValue.Create(flag),
        byte[] or ReadOnlyMemory<byte> => throw new DatasetException($"The Parquet column '{column}' holds bytes without saying that they are text. Write it as a string column and upload the file again."),
        _ => JsonValue.Create(Convert.ToString(value, CultureInfo.InvariantCulture)),
    };
}
