using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using AsFT.Experiments.Classification;
using AsFT.Experiments.Datasets;
using AsFT.Training.Classification;
using static TorchSharp.torch;

namespace AsFT.Trainer.Classifiers;

/// <summary>Labels for texts that nobody has labelled, and whether the classifier read the text to its end.</summary>
internal static class PredictCommand
{
    private const int Together = 512, BatchSize = 64;

    public static int Execute(string directory, string file, TextWriter output)
    {
        try
        {
            var manifest = ClassifierManifest.Read(directory);
            _ = Texts(file).Count(); // all that is wrong with the file is told before the first answer
            var text = ClassifierText.Load(directory, manifest);
            using var model = ClassifierFile.Load(directory, manifest, text, CPU);
            output.WriteLine(string.Join(',', manifest.Labels.Prepend("cut").Prepend("labels").Prepend("text").Select(Cell)));
            foreach (var chunk in Texts(file).Chunk(Together))
            {
                var encoded = chunk.Select(t => text.Encode(t)).ToList();
                var found = model.Probabilities([.. encoded.Select(e => e.Ids)], text.PadId, BatchSize, manifest.Labels.Count);
                foreach (var (said, read, p) in chunk.Zip(encoded, found))
                    output.WriteLine(string.Join(',', p.Select(x => x.ToString("R", CultureInfo.InvariantCulture)).Prepend(read.Cut ? "yes" : "no").Prepend(Cell(Labels(manifest, p))).Prepend(Cell(said))));
                output.Flush();
            }
            return 0;
        }
        catch (Exception e) when (Failure.IsKnown(e))
        {
            return Failure.Say(e);
        }
    }

    private static string Labels(ClassifierManifest manifest, float[] probabilities) => string.Join("; ", manifest.Labels.Where((_, l) => probabilities[l] > manifest.Thresholds[l]));

    private static IEnumerable<string> Texts(string file)
    {
        using var stream = File.OpenRead(file);
        string? column = null;
        foreach (var record in RecordReader.ReadAsync(stream, RecordReader.Detect(stream, file), default).ToBlockingEnumerable())
        {
            if (record.Columns is null) throw new DatasetException($"Row {record.Number}: {record.Fault!.Problem}");
            column ??= RowSchema.TextColumnOf(record.Columns);
            yield return record.Columns[column] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? Decoded(value, record.Number)
                : throw new DatasetException($"Row {record.Number}: the column '{column}' {(record.Columns[column] is { } other ? $"holds {other.ToJsonString()} and no text" : "is missing")}; write the text there, or remove the row");
        }
    }

    /// <summary>The text of a cell is decoded only when it is asked for.</summary>
    private static string Decoded(JsonValue value, long row)
    {
        try
        {
            return value.GetValue<string>();
        }
        catch (InvalidOperationException)
        {
            throw new DatasetException($"Row {row}: holds half a character (a lone \\uD800–\\uDFFF escape); write the text again as UTF-8");
        }
    }

    /// <summary>Quoted where needed, and kept from being read as a formula.</summary>
    internal static string Cell(string text)
    {
        if (text.Length > 0 && "=+-@\t\r".Contains(text[0], StringComparison.Ordinal)) text = "'" + text;
        return text.AsSpan().ContainsAny(",\"\n\r") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }
}
