using System.Text.Json;
using AsFT.Experiments.Datasets;
using AsFT.Experiments.Models;
using AsFT.Experiments.Specification;
using AsFT.Experiments.Text;

namespace AsFT.Experiments.Tests.Text;

/// <summary>From a model directory with a chat template to ids.</summary>
public sealed class ChatRowTests : Workplace
{
    private const string ChatMl = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";

    private string Model(string tokenizer, object? template, string? bos = null, string? eos = null, bool asFile = false)
    {
        var directory = Directory.CreateDirectory(At("model")).FullName;
        foreach (var file in Directory.GetFiles(Golden.At(tokenizer))) File.Copy(file, Path.Combine(directory, Path.GetFileName(file)), overwrite: true);
        if (asFile) File.WriteAllText(Path.Combine(directory, "chat_template.jinja"), (string)template!);
        File.WriteAllText(Path.Combine(directory, "tokenizer_config.json"), JsonSerializer.Serialize(new { bos_token = bos, eos_token = eos is null ? null : new { content = eos }, chat_template = asFile ? null : template }));
        return directory;
    }

    private static TokenisedRow Row(TextTokenizer tokenizer, Row row) => TokenisedRow.From(PromptTemplate.Render(TemplateKind.Chat, row, [], tokenizer.Chat), tokenizer, 1000);

    private static int[] Ids(TextTokenizer t, params string[] parts) => [.. parts.SelectMany(p => t.IdOf(p) is { } id && p[0] == '<' ? [id] : t.Encode(p))];

    [Fact]
    public void From_ChatMl_IsPromptAnswerAndEndOfTurn()
    {
        var tokenizer = TokenizerDirectory.Load(Model("qwen2", ChatMl, eos: "<|im_end|>"));
        var row = Row(tokenizer, new InstructionRow("Add.", "1 2", "3"));
        var prompt = Ids(tokenizer, "<|im_start|>", "user\nAdd.\n1 2", "<|im_end|>", "\n", "<|im_start|>", "assistant\n");
        Assert.Equal([.. prompt, .. Ids(tokenizer, "3", "<|im_end|>")], row.Ids);
        Assert.Equal(prompt.Length, row.PromptLength);
    }

    [Fact]
    public void Load_EndOfTurnThatIsNoEndOfText_EndsAnswersToo()
    {
        var tokenizer = TokenizerDirectory.Load(Model("qwen2", ChatMl, eos: "<|endoftext|>"));
        Assert.Equal([tokenizer.IdOf("<|im_end|>")!.Value], tokenizer.EndIds); // config.json of this model names it
        File.WriteAllText(Path.Combine(At("model"), "config.json"), $$"""{"eos_token_id": {{tokenizer.IdOf("<|endoftext|>")}}}""");
        tokenizer = TokenizerDirectory.Load(At("model"));
        Assert.Equal([tokenizer.IdOf("<|endoftext|>")!.Value, tokenizer.IdOf("<|im_end|>")!.Value], tokenizer.EndIds);
        Assert.Equal(tokenizer.IdOf("<|im_end|>"), Row(tokenizer, new InstructionRow("q", null, "a")).Ids[^1]);
    }

    [Fact]
    public void From_TemplateWithBegin_HasItOnce()
    {
        var tokenizer = TokenizerDirectory.Load(Model("llama3", "{{ bos_token }}{% for m in messages %}<|start_header_id|>{{ m.role }}<|end_header_id|>\n\n{{ m.content | trim }}<|eot_id|>{% endfor %}{% if add_generation_prompt %}<|start_header_id|>assistant<|end_header_id|>\n\n{% endif %}", "<|begin_of_text|>", "<|eot_id|>"));
        Assert.Equal(tokenizer.IdOf("<|begin_of_text|>"), tokenizer.BeginId);
        var row = Row(tokenizer, new ChatRow([new("user", "hi <|eot_id|>"), new("assistant", " yes")]));
        Assert.Equal(tokenizer.BeginId, row.Ids[0]);
        Assert.Single(row.Ids, id => id == tokenizer.BeginId);
        Assert.Equal(2, row.Ids.Count(id => id == tokenizer.EndId)); // the user's turn and the answer's, not what the user wrote
        Assert.Equal(Ids(tokenizer, "yes", "<|eot_id|>"), row.Ids[row.PromptLength..]);
    }

    /// <summary>The answer goes on from "[/INST]": one ▁ before it, and none from the normaliser besides.</summary>
    [Theory]
    [InlineData("llama2")]
    [InlineData("pieces")]
    public void From_Llama2_AnswerHasOneSpace(string name)
    {
        var tokenizer = TokenizerDirectory.Load(Model(name, "{% for m in messages %}{% if m.role == 'user' %}{{ bos_token + '[INST] ' + m.content + ' [/INST]' }}{% else %}{{ ' ' + m.content + ' ' + eos_token }}{% endif %}{% endfor %}", "<s>", "</s>"));
        var row = Row(tokenizer, new InstructionRow("the model", null, "safe"));
        Assert.Equal([1, .. tokenizer.Encode("[INST] the model [/INST]")], row.Ids[..row.PromptLength]);
        Assert.Equal([.. tokenizer.Encode("safe "), 2], row.Ids[row.PromptLength..]);
    }

    [Fact]
    public void Resolve_Auto_LabThenChatThenLlama2()
    {
        Assert.Equal(TemplateKind.Lab, PromptTemplate.Resolve(TemplateKind.Auto, Path.Combine(Repository, "lab", "models", "lab-aligned")));
        Assert.Equal(TemplateKind.Llama2, PromptTemplate.Resolve(TemplateKind.Auto, Golden.At("qwen2")));
        Assert.Equal(TemplateKind.Chat, PromptTemplate.Resolve(TemplateKind.Auto, Model("qwen2", ChatMl)));
        Assert.Equal(TemplateKind.Llama2, PromptTemplate.Resolve(TemplateKind.Llama2, At("model")));
    }

    [Fact]
    public void Load_TemplatesByNameOrInAFile_TakesTheRightOne()
    {
        var named = TokenizerDirectory.Load(Model("qwen2", new[] { new { name = "rag", template = "no" }, new { name = "default", template = ChatMl } }));
        Assert.Equal("<|im_start|>user\nq<|im_end|>\n<|im_start|>assistant\n", PromptTemplate.Render(TemplateKind.Chat, new InstructionRow("q", null, null), [], named.Chat).Prompt);
        var file = TokenizerDirectory.Load(Model("qwen2", "{{ messages[0].content }}{% if add_generation_prompt %}>{% endif %}", asFile: true));
        Assert.Equal("q>", PromptTemplate.Render(TemplateKind.Chat, new InstructionRow("q", null, null), [], file.Chat).Prompt);
    }

    [Fact]
    public void Render_ChatWithoutTemplate_SaysWhatToTake() => Assert.Contains("llama2",
        Assert.Throws<ModelException>(() => PromptTemplate.Render(TemplateKind.Chat, new InstructionRow("q", null, null), [])).Message, StringComparison.Ordinal);
}
