using AsFT.Experiments.Datasets;
using AsFT.Experiments.Specification;

namespace AsFT.Experiments.Text;

/// <summary>The text before the answer and the answer itself; only the answer is learnt.</summary>
public sealed record RenderedRow(string Prompt, string? Answer);

/// <summary>Named ways to write a row as text.</summary>
public static class PromptTemplate
{
    /// <summary>auto: lab for a model trained on the lab's text, llama2 otherwise.</summary>
    public static TemplateKind Resolve(TemplateKind kind, string modelDirectory) =>
        kind != TemplateKind.Auto ? kind
        : File.Exists(Path.Combine(modelDirectory, Lab.LabWorld.MarkerFile)) ? TemplateKind.Lab : TemplateKind.Llama2;

    public static RenderedRow Render(TemplateKind template, Row row, IReadOnlyList<string> labels) => row switch
    {
        ChatRow chat => Conversation(template, chat.Messages),
        LabelledRow labelled => Single(template, labelled.System, LabelQuestion(labels), labelled.Text, labelled.Labels.Count == 0 ? "none" : string.Join(", ", labelled.Labels)),
        InstructionRow i => Single(template, i.System, i.Instruction, i.Input, i.Output),
        _ => throw new ArgumentOutOfRangeException(nameof(row), row, "unknown kind of row"),
    };

    private static string LabelQuestion(IReadOnlyList<string> labels) =>
        $"Which of these labels apply to the text: {string.Join(", ", labels)}? Answer with those that apply, separated by commas, or with none.";

    private static RenderedRow Single(TemplateKind template, string? system, string instruction, string? input, string? output) => template switch
    {
        TemplateKind.Lab => new(LabTurn(system, input is null ? instruction : $"{instruction}\n{input}"), output is null ? null : " " + output),
        _ => new(Llama2Turn(system, Alpaca(instruction, input)), output),
    };

    private static RenderedRow Conversation(TemplateKind template, IReadOnlyList<ChatMessage> messages)
    {
        var system = messages.FirstOrDefault(m => m.Role == "system")?.Content;
        var prompt = "";
        foreach (var message in messages.SkipLast(1).Where(m => m.Role != "system"))
        {
            var first = prompt.Length == 0;
            prompt += (template, message.Role) switch
            {
                (TemplateKind.Lab, "user") => (first ? "" : "\n") + LabTurn(first ? system : null, message.Content),
                (_, "user") => (first ? "" : " ") + Llama2Turn(first ? system : null, message.Content),
                (_, _) => " " + message.Content,
            };
        }
        return new(prompt, (template == TemplateKind.Lab ? " " : "") + messages[^1].Content);
    }

    private static string LabTurn(string? system, string user) => $"{(string.IsNullOrEmpty(system) ? "" : system + "\n")}User: {user}\nAssistant:";

    /// <summary>Llama 2's chat format; the begin token is added by the tokenizer.</summary>
    private static string Llama2Turn(string? system, string user) =>
        string.IsNullOrEmpty(system) ? $"[INST] {user} [/INST]" : $"[INST] <<SYS>>\n{system}\n<</SYS>>\n\n{user} [/INST]";

    /// <summary>The wording of Stanford Alpaca, which the AsFT paper trains with.</summary>
    private static string Alpaca(string instruction, string? input) => input is null
        ? $"Below is an instruction that describes a task. Write a response that appropriately completes the request.\n\n### Instruction:\n{instruction}\n\n### Response:"
        : $"Below is an instruction that describes a task, paired with an input that provides further context. Write a response that appropriately completes the request.\n\n### Instruction:\n{instruction}\n\n### Input:\n{input}\n\n### Response:";
}
