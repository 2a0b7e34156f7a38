using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace AsFT.Experiments.Datasets;

/// <summary>
/// A stored dataset, under its SHA-256: rows.jsonl (good rows), rows.index (where each begins, eight bytes a row),
/// set-aside.jsonl (what is wrong with the others) and dataset.json.
/// </summary>
public sealed class DatasetFolder(string path)
{
    public static readonly JsonSerializerOptions Json = new(SpecificationJson)
    {
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
        AllowOutOfOrderMetadataProperties = true,
    };

    private static JsonSerializerOptions SpecificationJson => Specification.SpecificationText.Json;

    public DatasetSummary Summary => JsonSerializer.Deserialize<DatasetSummary>(File.ReadAllText(Path.Combine(path, "dataset.json")), Json)!;
    public string RowsFile => Path.Combine(path, "rows.jsonl");
    public string SetAsideFile => Path.Combine(path, "set-aside.jsonl");
    private string IndexFile => Path.Combine(path, "rows.index");

    public static bool IsHash(string text) => text.Length == 64 && text.All(c => c is >= '0' and <= '9' or >= 'a' and <= 'f');

    /// <summary>The folder of a hash below a root, whether it exists or not.</summary>
    public static DatasetFolder At(string root, string sha256) =>
        IsHash(sha256) ? new(Path.Combine(root, sha256)) : throw new ArgumentException($"'{sha256}' is not a SHA-256 in lower-case hexadecimal digits");

    public bool Exists => File.Exists(Path.Combine(path, "dataset.json"));

    /// <summary>
    /// Reads a file row by row in bounded memory and stores it below <paramref name="root"/>. The folder appears only
    /// when it is complete.
    /// </summary>
    /// <param name="progress">told the bytes read so far</param>
    /// <exception cref="DatasetException">the file is no dataset</exception>
    public static async Task<DatasetFolder> ImportAsync(string root, string file, string name, IProgress<long>? progress = null, CancellationToken cancel = default)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 128 * 1024);
        var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancel));
        stream.Position = 0;
        var folder = At(root, hash);
        if (folder.Exists) return folder;

        var aside = Directory.CreateDirectory(Path.Combine(root, $".{hash}.{Guid.NewGuid():N}")).FullName;
        try
        {
            var summary = await new DatasetFolder(aside).WriteAsync(stream, hash, name, progress, cancel);
            await File.WriteAllTextAsync(Path.Combine(aside, "dataset.json"), JsonSerializer.Serialize(summary, Json), cancel);
            try
            {
                if (!folder.Exists) Directory.Move(aside, Path.Combine(root, hash));
            }
            catch (IOException) when (folder.Exists)
            {
                // the same bytes were stored meanwhile
            }
            return folder;
        }
        finally
        {
            if (Directory.Exists(aside)) Directory.Delete(aside, recursive: true);
        }
    }

    public IEnumerable<Row> Rows() => File.ReadLines(RowsFile).Select(line => JsonSerializer.Deserialize<Row>(line, Json)!);

    /// <summary>Some rows from the middle without reading those before.</summary>
    public IReadOnlyList<Row> Page(long first, int count)
    {
        using var index = File.OpenRead(IndexFile);
        if (first < 0 || first * sizeof(long) >= index.Length) return [];
        using var reader = new BinaryReader(index);
        index.Position = first * sizeof(long);
        using var rows = new StreamReader(File.OpenRead(RowsFile));
        rows.BaseStream.Position = reader.ReadInt64();
        var page = new List<Row>();
        while (page.Count < count && rows.ReadLine() is { } line) page.Add(JsonSerializer.Deserialize<Row>(line, Json)!);
        return page;
    }

    public IEnumerable<RowFault> SetAside() =>
        File.Exists(SetAsideFile) ? File.ReadLines(SetAsideFile).Select(line => JsonSerializer.Deserialize<RowFault>(line, Json)!) : [];

    /// <summary>How many rows were set aside and why the first was, for a user who did not see the upload; null where none was.</summary>
    public string? SetAsideWords() => Summary is { SetAside: > 0 } s ? $"{s.Name}: {s.SetAside} of {s.Rows + s.SetAside} rows were set aside and are not used; the first is {SetAside().First()}" : null;

    private async Task<DatasetSummary> WriteAsync(FileStream file, string hash, string name, IProgress<long>? progress, CancellationToken cancel)
    {
        var format = RecordReader.Detect(file, name);
        RowSchema? schema = null;
        long good = 0, bad = 0, position = 0;
        LabelSetCounter? labels = null;
        await using (var rows = new FileStream(RowsFile, FileMode.Create, FileAccess.Write, FileShare.None, 128 * 1024))
        await using (var index = new BinaryWriter(new FileStream(IndexFile, FileMode.Create)))
        await using (var aside = new StreamWriter(SetAsideFile))
        {
            await foreach (var record in RecordReader.ReadAsync(file, format, cancel))
            {
                schema ??= record.Columns is null ? null : RowSchema.Detect(record.Columns);
                var (row, fault) = record.Columns is null ? (null, record.Fault) : schema!.Read(record.Number, record.Columns);
                if (row is null)
                {
                    bad++;
                    await aside.WriteLineAsync(JsonSerializer.Serialize(fault, Json));
                    continue;
                }
                if (row is LabelledRow labelled) (labels ??= new(schema!.LabelColumns)).Add(labelled.Labels);
                var line = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(row, Json) + "\n");
                index.Write(position);
                await rows.WriteAsync(line, cancel);
                position += line.Length;
                if (++good % 1000 == 0) progress?.Report(file.Position);
            }
        }
        if (good == 0) throw new DatasetException("The file holds no row that can be used. " + (SetAside().FirstOrDefault() is { } first ? $"The first is {first}" : "It has no rows."));
        return new()
        {
            Sha256 = hash, Name = name, Kind = schema!.Kind, Format = format, Bytes = file.Length, Rows = good, SetAside = bad,
            Columns = schema.Columns, Labels = labels?.Labels ?? [], LabelSets = labels?.Result(),
        };
    }
}
