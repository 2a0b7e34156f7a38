using AsFT.Experiments.Datasets;
using AsFT.Experiments.Models;
using AsFT.Experiments.Specification;
using AsFT.Experiments.Text.Templates;

namespace AsFT.Experiments.Text;

/// <summary>Named ways to write a row as text.</summary>
public static class PromptTemplate
{
    /// <summary>auto: lab for a model trained on the lab's text, the model's own chat template where it has one, llama2 otherwise.</summary>
    public static TemplateKind Resolve(TemplateKind kind, string modelDirectory) =>
        kind != TemplateKind.Auto ? kind
        : File.Exists(Path.Combine(modelDirectory, Lab.LabWorld.MarkerFile)) ? TemplateKind.Lab
        : ChatTemplate.Exists(modelDirectory) ? TemplateKind.Chat : TemplateKind.Llama2;

    /// <param name="template">how to write it, auto resolved</param>
    /// <param name="row">what to write</param>
    /// <param name="labels">all labels of the row's dataset</param>
    /// <param name="chat">the model's own template, which the template chat needs</param>
    /// <exception cref="ModelException">the model's template is missing, not read here, or refuses the conversation</exception>
    public static RenderedRow Render(TemplateKind template, Row row, IReadOnlyList<string> labels, ChatTemplate? chat = null) => row switch
    {
        ChatRow turns when template == TemplateKind.Chat => Own(chat).Render([.. turns.Messages.SkipLast(1)], turns.Messages[^1].Content),
        ChatRow turns => Conversation(template, turns.Messages),
        LabelledRow labelled => Single(template, labelled.System, LabelQuestion(labels), labelled.Text, labelled.Labels.Count == 0 ? "none" : string.Join(", ", labelled.Labels), chat),
        InstructionRow i => Single(template, i.System, i.Instruction, i.Input, i.Output, chat),
        _ => throw new ArgumentOutOfRangeException(nameof(row), row, "unknown kind of row"),
    };

    private static ChatTemplate Own(ChatTemplate? chat) =>
        chat ?? throw new ModelException("the model's directory has no chat template (chat_template in tokenizer_config.json, or chat_template.jinja); take the template llama2 or lab");

    private static string LabelQuestion(IReadOnlyList<string> labels) =>
        $"Which of these labels apply to the text: {string.Join(", ", labels)}? Answer with those that apply, separated by commas, or with none.";

    private static RenderedRow Single(TemplateKind template, string? system, string instruction, string? input, string? output, ChatTemplate? chat) => template switch
    {
        TemplateKind.Chat => Own(chat).Render([.. string.IsNullOrEmpty(system) ? (ChatMessage[])[] : [new("system", system)], new("user", Question(instruction, input))], output),
        TemplateKind.Lab => new(LabTurn(system, Question(instruction, input)), output is null ? null : " " + output),
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

    private static string Question(string instruction, string? input) => input is null ? instruction : $"{instruction}\n{input}";

    private static string LabTurn(string? system, string user) => $"{(string.IsNullOrEmpty(system) ? "" : system + "\n")}User: {user}\nAssistant:";

    /// <summary>Llama 2's chat format; the begin token is added by the tokenizer.</summary>
    private static string Llama2Turn(string? system, string user) =>
        string.IsNullOrEmpty(system) ? $"[INST] {user} [/INST]" : $"[INST] <<SYS>>\n{system}\n<</SYS>>\n\n{user} [/INST]";

    /// <summary>The wording of Stanford Alpaca, which the AsFT paper trains with.</summary>
    private static string Alpaca(string instruction, string? input) => input is null
        ? $"Below is an instruction that describes a task. Write a response that appropriately completes the request.\n\n### Instruction:\n{instruction}\n\n### Response:"
        : $"Below is an instruction that describes a task, paired with an input that provides further context. Write a response that appropriately completes the request.\n\n### Instruction:\n{instruction}\n\n### Input:\n{input}\n\n### Response:";
}
