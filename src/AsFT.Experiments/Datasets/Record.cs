using System.Text.Json.Nodes;

namespace AsFT.Experiments.Datasets;

/// <summary>One record of a file before its meaning is known: its columns, or why it could not be read.</summary>
/// <param name="Number">counted from 1, without a header line</param>
public sealed record Record(long Number, JsonObject? Columns, RowFault? Fault = null);

public enum FileFormat { JsonArray, JsonLines, Csv, Tsv, Parquet }
