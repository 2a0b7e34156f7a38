using System.Text.Json;
using AsFT.Experiments.Datasets;
using AsFT.Experiments.Models;
using AsFT.Experiments.Text.Tokenizers;

namespace AsFT.Experiments.Text.Templates;

/// <summary>
/// How a model was taught to read conversations: the chat_template of its directory, in the part of the Jinja language
/// that such templates use.
/// </summary>
public sealed class ChatTemplate
{
    private const string FileName = "chat_template.jinja";
    private static readonly string[] TokenRoles = ["bos_token", "eos_token", "pad_token", "unk_token"];

    private readonly IReadOnlyList<Node>? template;
    private readonly string? fault;
    private readonly Dictionary<string, object?> tokens;
    private readonly IReadOnlyList<string> specials;

    internal ChatTemplate(string source, IReadOnlyDictionary<string, string> tokens, IEnumerable<string> specials)
    {
        this.tokens = tokens.ToDictionary(t => t.Key, object? (t) => MarkedText.Template(t.Value));
        this.specials = [.. specials];
        try
        {
            template = TemplateParser.Parse(source);
            EndOfTurn = Ending(Answered([new("user", "a")], "b").Answer!);
        }
        catch (TemplateException e)
        {
            fault = e.Message;
        }
    }

    /// <summary>The special token after an answer, where the template writes one.</summary>
    public string? EndOfTurn { get; }

    public static bool Exists(string directory) => File.Exists(Path.Combine(directory, FileName))
        || new TokenizerSettings(directory).ChatTemplate.ValueKind is JsonValueKind.String or JsonValueKind.Array;

    /// <summary>A template that cannot be read is found too; it says why when it is used.</summary>
    internal static ChatTemplate? Find(string directory, TokenizerSettings settings, IReadOnlyList<AddedToken> added)
    {
        var file = Path.Combine(directory, FileName);
        var source = File.Exists(file) ? File.ReadAllText(file) : settings.ChatTemplate.ValueKind switch
        {
            JsonValueKind.String => settings.ChatTemplate.GetString(),
            JsonValueKind.Array => settings.ChatTemplate.EnumerateArray().FirstOrDefault(t => t.GetProperty("name").GetString() == "default") is { ValueKind: JsonValueKind.Object } named ? named.GetProperty("template").GetString()
                : throw new ModelException("tokenizer_config.json has several chat templates and none is named default; name one so"),
            _ => null,
        };
        if (source is null) return null;
        var tokens = TokenRoles.Select(r => (Role: r, Text: settings.Token(r))).Where(t => t.Text is not null).ToDictionary(t => t.Role, t => t.Text!);
        return new(source, tokens, added.Where(t => t.Special).Select(t => t.Content));
    }

    /// <summary>The conversation up to where the model answers, and the answer with the end of the turn.</summary>
    /// <param name="messages">without the answer</param>
    /// <param name="answer">null where there is none</param>
    /// <exception cref="ModelException">the template is not read here, or refuses the conversation</exception>
    public RenderedRow Render(IReadOnlyList<ChatMessage> messages, string? answer)
    {
        try
        {
            if (fault is not null && template is null) throw new TemplateException(fault);
            var (prompt, learnt) = Answered(messages, answer);
            return new(prompt.Text, answer) { PromptSegments = prompt.Segments(), AnswerSegments = learnt?.Segments() };
        }
        catch (TemplateException e)
        {
            throw new ModelException($"{e.Message}. Take another template, such as llama2", e);
        }
    }

    private (MarkedText Prompt, MarkedText? Answer) Answered(IReadOnlyList<ChatMessage> messages, string? answer)
    {
        var prompt = Run(messages, generate: true);
        if (prompt.Text == Run(messages, generate: false).Text) prompt = BeforeAnswer(messages);
        if (answer is null) return (prompt, null);

        var whole = Run([.. messages, new("assistant", answer)], generate: false);
        var begin = whole.Text.StartsWith(prompt.Text, StringComparison.Ordinal) ? prompt.Length : BeforeAnswer(messages).Length;
        var end = whole.Length;
        while (end > begin && !whole.IsContent(end - 1)) end--;
        return (prompt, whole.Slice(begin, EndOfFirstSpecial(whole.Text, end) - begin));
    }

    /// <summary>
    /// For a template that does not open the answer by itself: all that it writes before any answer. Spaces before the
    /// answer belong to it, for tokens begin with a space.
    /// </summary>
    private MarkedText BeforeAnswer(IReadOnlyList<ChatMessage> messages)
    {
        var probe = Run([.. messages, new("assistant", "x")], generate: false);
        var at = probe.Length - 1;
        while (at >= 0 && !probe.IsContent(at)) at--;
        if (at < 0) throw new TemplateException("the chat template leaves out the answer");
        while (at > 0 && probe.Text[at - 1] == ' ' && !probe.IsContent(at - 1)) at--;
        return probe.Slice(0, at);
    }

    private int EndOfFirstSpecial(string text, int from)
    {
        var first = specials.Select(s => (At: text.IndexOf(s, from, StringComparison.Ordinal), s.Length)).Where(s => s.At >= 0).OrderBy(s => s.At).ThenByDescending(s => s.Length).FirstOrDefault();
        return first.Length > 0 ? first.At + first.Length : from;
    }

    private string? Ending(MarkedText answer) => specials.Where(s => answer.Text.EndsWith(s, StringComparison.Ordinal)).MaxBy(s => s.Length);

    private MarkedText Run(IReadOnlyList<ChatMessage> messages, bool generate) => TemplateRendering.Run(template!, new Dictionary<string, object?>(tokens)
    {
        ["messages"] = messages.Select(object? (m) => new TemplateMap([new("role", MarkedText.Template(m.Role)), new("content", MarkedText.Content(m.Content))])).ToList(),
        ["add_generation_prompt"] = generate,
        ["tools"] = null,
        ["documents"] = null,
    });
}
