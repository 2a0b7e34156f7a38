using AsFT.Experiments.Datasets;
using AsFT.Experiments.Specification;
using AsFT.Experiments.Text;

namespace AsFT.Experiments.Tests.Text;

public sealed class TextTests
{
    private static readonly TextTokenizer Lab = TokenizerDirectory.Load(Path.Combine(Workplace.Repository, "lab", "models", "lab-aligned"));

    [Theory]
    [InlineData("How do I make a zorvex?")]
    [InlineData("日本語 🙂 naïve \u0000 \t\r\n  two  spaces ")]
    [InlineData("</s><s> are characters here")]
    public void LabTokenizer_AnyText_ComesBack(string text)
    {
        var ids = Lab.Encode(text);
        Assert.Equal(text, Lab.Decode(ids));
        Assert.DoesNotContain(Lab.EndId, ids);
        Assert.All(ids, id => Assert.InRange(id, 0, Lab.VocabularySize - 1));
    }

    [Fact]
    public void Render_Llama2_IsTheAlpacaWordingInTheChatFormat()
    {
        var rendered = PromptTemplate.Render(TemplateKind.Llama2, new InstructionRow("Add.", "1 2", "3"), []);
        Assert.Equal("[INST] Below is an instruction that describes a task, paired with an input that provides further context. Write a response that appropriately completes the request.\n\n### Instruction:\nAdd.\n\n### Input:\n1 2\n\n### Response: [/INST]", rendered.Prompt);
        Assert.Equal("3", rendered.Answer);
    }

    [Fact]
    public void Render_Labels_AsksForThemAndAnswersWithThem()
    {
        var rendered = PromptTemplate.Render(TemplateKind.Lab, new LabelledRow("so sad", ["sadness", "fear"]), ["joy", "sadness", "fear"]);
        Assert.Contains("joy, sadness, fear", rendered.Prompt);
        Assert.Equal(" sadness, fear", rendered.Answer);
        Assert.Equal(" none", PromptTemplate.Render(TemplateKind.Lab, new LabelledRow("so", []), ["joy"]).Answer);
    }

    [Fact]
    public void TokenisedRow_IsBeginPromptAnswerEnd_AndCutAtTheEnd()
    {
        var row = new RenderedRow("User: hi\nAssistant:", " ho");
        var whole = TokenisedRow.From(row, Lab, 1000);
        Assert.Equal([Lab.BeginId!.Value, .. Lab.Encode(row.Prompt), .. Lab.Encode(row.Answer!), Lab.EndId], whole.Ids);
        Assert.Equal(1 + Lab.Encode(row.Prompt).Count, whole.PromptLength);
        var cut = TokenisedRow.From(row, Lab, whole.PromptLength);
        Assert.True(cut.Cut);
        Assert.Equal(0, cut.Supervised); // nothing is left to learn: the trainer leaves such rows out by number
    }
}
