using System.Text.Json.Serialization;

namespace AsFT.Experiments.Datasets;

/// <summary>One good row in the form in which it is stored: a line of rows.jsonl.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(InstructionRow), "instruction")]
[JsonDerivedType(typeof(ChatRow), "chat")]
[JsonDerivedType(typeof(LabelledRow), "labelled")]
public abstract record Row
{
    /// <summary>The row with a text before its system prompt.</summary>
    public Row WithSystem(string text) => this switch
    {
        InstructionRow i => i with { System = Before(text, i.System) },
        LabelledRow l => l with { System = Before(text, l.System) },
        ChatRow c => new ChatRow([new("system", Before(text, c.Messages.FirstOrDefault(m => m.Role == "system")?.Content)), .. c.Messages.Where(m => m.Role != "system")]),
        _ => this,
    };

    private static string Before(string text, string? system) => string.IsNullOrEmpty(system) ? text : $"{text}\n{system}";
}

/// <summary>An instruction with an optional input. Output is null in a dataset of prompts; choices are the answers that were to choose from.</summary>
public sealed record InstructionRow(string Instruction, string? Input, string? Output, string? System = null, IReadOnlyList<string>? Choices = null) : Row;

/// <summary>A conversation that ends with the assistant's answer.</summary>
public sealed record ChatRow(IReadOnlyList<ChatMessage> Messages) : Row;

public sealed record ChatMessage(string Role, string Content);

/// <summary>A text and the labels that hold for it, which may be none.</summary>
public sealed record LabelledRow(string Text, IReadOnlyList<string> Labels, string? System = null) : Row;

public enum DatasetKind { Instructions, Prompts, Conversations, MultiLabel }
