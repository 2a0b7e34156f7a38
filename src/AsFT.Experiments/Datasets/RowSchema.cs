using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AsFT.Experiments.Datasets;

/// <summary>What the columns of a dataset mean. Found from the first record, then asked of every other.</summary>
public sealed class RowSchema
{
    private static readonly string[] TextColumns = ["text", "tweet", "sentence", "comment", "content", "review"];
    private static readonly string[] IdColumns = ["id", "index", "idx"];
    private static readonly string[] InstructionColumns = ["instruction", "input", "output", "system", "label"];

    private readonly string? textColumn;
    private readonly string turns = "messages";

    public DatasetKind Kind { get; }
    public IReadOnlyList<string> Columns { get; }

    /// <summary>The labels when each is a column of its own; otherwise they are counted while reading.</summary>
    public IReadOnlyList<string> LabelColumns { get; } = [];

    private RowSchema(DatasetKind kind, JsonObject first, string? text = null, IReadOnlyList<string>? labels = null, string turns = "messages")
    {
        (Kind, Columns, textColumn, LabelColumns, this.turns) = (kind, [.. first.Select(c => c.Key)], text, labels ?? [], turns);
    }

    /// <exception cref="DatasetException">the columns belong to no known kind</exception>
    public static RowSchema Detect(JsonObject first)
    {
        if (first.ContainsKey("messages")) return new(DatasetKind.Conversations, first);
        if (first.ContainsKey("conversations")) return new(DatasetKind.Conversations, first, turns: "conversations");
        if (first.ContainsKey("instruction"))
            return new(first.ContainsKey("output") || first.ContainsKey("label") ? DatasetKind.Instructions : DatasetKind.Prompts, first);
        var text = first.Select(c => c.Key).FirstOrDefault(c => TextColumns.Contains(c.ToLowerInvariant()));
        if (text is not null && first.ContainsKey("labels")) return new(DatasetKind.MultiLabel, first, text);
        var labels = first.Select(c => c.Key).Where(c => c != text && !IdColumns.Contains(c.ToLowerInvariant())).ToList();
        if (text is not null && labels.Count > 0) return new(DatasetKind.MultiLabel, first, text, LabelCells.CheckNames(labels));
        throw new DatasetException($"The columns ({string.Join(", ", first.Select(c => c.Key))}) belong to no known kind of dataset. Expected instruction and output; messages; conversations; or a text column ({string.Join(", ", TextColumns)}) with labels, either a list in a column 'labels' or one 0/1 column a label.");
    }

    /// <summary>The column that holds the text to be labelled, in a file that needs no labels.</summary>
    /// <exception cref="DatasetException">no column is named as one</exception>
    public static string TextColumnOf(JsonObject first) => first.Select(c => c.Key).FirstOrDefault(c => TextColumns.Contains(c.ToLowerInvariant()))
        ?? throw new DatasetException($"None of the columns ({string.Join(", ", first.Select(c => c.Key))}) is named as a text; call it one of {string.Join(", ", TextColumns)}.");

    /// <summary>The row that the record stands for, or why it is set aside.</summary>
    public (Row? Row, RowFault? Fault) Read(long number, JsonObject record)
    {
        try
        {
            return (Kind switch
            {
                DatasetKind.Conversations => Conversation(record),
                DatasetKind.MultiLabel => Labelled(record),
                _ => Instruction(record),
            }, null);
        }
        catch (CellException e)
        {
            return (null, RowFault.At(number, e.Column, e.Value, e.Message));
        }
        catch (InvalidOperationException) // the text of a cell is decoded only when it is asked for
        {
            return (null, RowFault.At(number, "", null, "holds half a character (a lone \\uD800–\\uDFFF escape); write the text again as UTF-8"));
        }
    }

    private InstructionRow Instruction(JsonObject record)
    {
        var instruction = Text(record, "instruction") is { Length: > 0 } given ? given : throw new CellException("instruction", null, "is empty or missing; a row needs an instruction");
        if (record.FirstOrDefault(c => !Columns.Contains(c.Key) && InstructionColumns.Contains(c.Key)) is { Key: { } extra, Value: not null })
            throw new CellException(extra, record[extra]!.ToJsonString(), $"a column that the first row does not have ({string.Join(", ", Columns)}); upload rows of another kind as another dataset");
        var output = Kind == DatasetKind.Prompts ? null : Text(record, "output") ?? Answer(record, instruction);
        if (Kind == DatasetKind.Instructions && string.IsNullOrWhiteSpace(output))
            throw new CellException("output", output, "is empty or missing; every row of this dataset needs an answer");
        var input = Text(record, "input");
        return new(instruction, string.IsNullOrWhiteSpace(input) ? null : input, output, Text(record, "system"), Choices(record, output));
    }

    /// <summary>The answers to choose from, where a row lists them; the right one must be among them.</summary>
    private static List<string>? Choices(JsonObject record, string? output)
    {
        if (record["choices"] is not { } cell) return null;
        var listed = cell is JsonArray list && list.All(c => c?.GetValueKind() == JsonValueKind.String) ? list.Select(c => c!.GetValue<string>()).ToList()
            : throw new CellException("choices", cell.ToJsonString(), "expected a list of texts, the answers to choose from");
        if (listed.Count is < 2 or > 100) throw new CellException("choices", cell.ToJsonString(), $"has {listed.Count} answers; 2 to 100 can be chosen from");
        return output is null || listed.Contains(output) ? listed : throw new CellException("choices", cell.ToJsonString(), "does not hold the row's output; write the right answer into the list exactly as in 'output'");
    }

    /// <summary>A label in words is the answer; a number picks from the classes that the instruction lists, one a line.</summary>
    private static string? Answer(JsonObject record, string instruction)
    {
        if (record["label"] is not JsonValue label) return null;
        if (!int.TryParse(label.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var index)) return label.ToString();
        var listed = instruction.Split('\n', StringSplitOptions.TrimEntries).Skip(1).Where(l => l.Length > 0).ToList();
        return index < listed.Count ? listed[index]
            : throw new CellException("label", label.ToString(), "is a number, and the instruction does not list as many classes, one a line; write the answer in words in a column 'output'");
    }

    private LabelledRow Labelled(JsonObject record)
    {
        var text = Text(record, textColumn!);
        if (string.IsNullOrWhiteSpace(text)) throw new CellException(textColumn!, text, "is empty or missing; write the text to be labelled, or remove the row");
        if (LabelColumns.Count == 0)
            return record.ContainsKey("labels") ? new(text, LabelCells.List(record["labels"])) : throw new CellException("labels", null, "is missing; write [] where no label holds");
        if (record.FirstOrDefault(c => !Columns.Contains(c.Key)).Key is { } extra)
            throw new CellException(extra, record[extra]?.ToJsonString(), $"a column that the first row does not have ({string.Join(", ", Columns)}); give every row the same label columns");
        return new(text, [.. LabelColumns.Where(l => LabelCells.IsSet(l, record[l]))]);
    }

    private ChatRow Conversation(JsonObject record)
    {
        if (record[turns] is not JsonArray { Count: > 0 } list) throw new CellException(turns, record[turns]?.ToJsonString(), "expected a list of messages that is not empty");
        var messages = list.Select(Message).ToList();
        if (messages[^1].Role != "assistant") throw new CellException(turns, messages[^1].Role, "does not end with the assistant's answer");
        if (messages.All(m => m.Role != "user")) throw new CellException(turns, null, "holds no message of the user");
        return new(messages);
    }

    private ChatMessage Message(JsonNode? node)
    {
        if (node is not JsonObject message) throw new CellException(turns, node?.ToJsonString(), "expected a message {role, content} or {from, value}");
        var role = Text(message, turns == "messages" ? "role" : "from") switch
        {
            "user" or "human" => "user",
            "assistant" or "gpt" => "assistant",
            "system" => "system",
            var other => throw new CellException(turns, other, "is no known speaker; use system, user (human) or assistant (gpt)"),
        };
        return new(role, Text(message, turns == "messages" ? "content" : "value") ?? throw new CellException(turns, message.ToJsonString(), "holds a message without text"));
    }

    private static string? Text(JsonObject record, string column) => record[column] switch
    {
        null => null,
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        var other => throw new CellException(column, other.ToJsonString(), "expected text"),
    };
}
