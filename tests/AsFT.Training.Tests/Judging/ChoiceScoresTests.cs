using AsFT.Experiments.Datasets;
using AsFT.Experiments.Specification;
using AsFT.Experiments.Text;
using AsFT.Training.Judging;
using AsFT.Training.Models;

namespace AsFT.Training.Tests.Judging;

/// <summary>Multiple choice with the shipped model, which knows sums and opinions.</summary>
public sealed class ChoiceScoresTests
{
    private static readonly string Lab = Path.Combine(Oracle.Repository, "lab", "models", "lab-aligned");
    private readonly TextTokenizer tokenizer = TokenizerDirectory.Load(Lab);

    private static InstructionRow Sum(int a, int b, string gold, IReadOnlyList<string>? choices = null) => new($"What is {a} plus {b}?", null, gold, Choices: choices);

    private QuestionSet Set(params InstructionRow[] rows) => new([.. rows.Select(r => (r, text: PromptTemplate.Render(TemplateKind.Lab, r, []))).Select(r => new Question(r.r, r.text, TokenisedRow.Prompt(r.text, tokenizer)))], []);

    [Fact]
    public void Add_TheModelKnowsItsSums_WithoutWritingAWord()
    {
        using var model = Decoder.Load(Lab, CPU, ScalarType.Float32);
        var scores = new Scores();
        new ChoiceScores(tokenizer, 3).Add(model, Set(Sum(12, 23, "35"), Sum(11, 21, "32"), Sum(34, 45, "79"), Sum(11, 21, "35")), scores);
        Assert.Equal(["right", "right", "right", "wrong"], scores.Answers.Select(a => a.Verdict)); // options 35, 32, 79: the last gold is false
        Assert.Equal(0.75, scores.Values["eval/accuracy"]);
        Assert.InRange(scores.Values["eval/accuracy_low"], 0.01, 0.74);
    }

    [Fact]
    public void Add_ARowsOwnChoices_AreTheOptions()
    {
        using var model = Decoder.Load(Lab, CPU, ScalarType.Float32);
        var scores = new Scores();
        new ChoiceScores(tokenizer, 8).Add(model, Set(Sum(12, 23, "35", ["34", "35", "53"]), Sum(44, 22, "66", ["65", "66"])), scores);
        Assert.Equal(["35", "66"], scores.Answers.Select(a => a.Answer));
    }

    /// <summary>Each option by itself, every token's probability taken from a whole forward pass.</summary>
    [Fact]
    public void Likelihoods_AreTheSummedLogProbabilitiesOfOptionAndEnd()
    {
        using var model = Decoder.Load(Lab, CPU, ScalarType.Float32);
        var set = Set(Sum(2, 3, "5"), Sum(9, 9, "18"), new InstructionRow("Write in reverse order: red fox", null, "fox red"));
        var options = ChoiceScores.Options(set);
        var found = new ChoiceScores(tokenizer, 4).Likelihoods(model, set, options, CancellationToken.None);
        using var frozen = no_grad();
        for (var row = 0; row < 3; row++)
            for (var o = 0; o < 3; o++)
            {
                int[] prompt = [.. set.Questions[row].Prompt], answer = [.. tokenizer.Encode(options[row][o]), tokenizer.EndId];
                var logits = model.Logits(tensor(prompt.Concat(answer).Select(i => (long)i).ToArray()).unsqueeze(0))[0].log_softmax(-1);
                Assert.Equal(answer.Select((id, t) => logits[prompt.Length + t - 1, id].ToDouble()).Sum(), found[row][o], 1e-4);
            }
    }

    [Fact]
    public void Text_OfAChatTemplate_IsAsTheTemplateWritesThatAnswer()
    {
        var folder = Directory.CreateTempSubdirectory("asft-choice-");
        foreach (var name in new[] { "config.json", "tokenizer.json" }) File.Copy(Path.Combine(Lab, name), Path.Combine(folder.FullName, name));
        File.WriteAllText(Path.Combine(folder.FullName, "tokenizer_config.json"), """{"chat_template": "{% for m in messages %}<s>{{ m['role'] }}: {{ m['content'] }}</s>{% endfor %}{% if add_generation_prompt %}<s>assistant: {% endif %}"}""");
        var chat = TokenizerDirectory.Load(folder.FullName);
        folder.Delete(recursive: true);
        using var model = Decoder.Load(Lab, CPU, ScalarType.Float32);
        TokenisedRow Whole(string answer) => TokenisedRow.From(PromptTemplate.Render(TemplateKind.Chat, Sum(2, 3, answer), [], chat.Chat), chat, 1000);
        var text = PromptTemplate.Render(TemplateKind.Chat, Sum(2, 3, "5"), [], chat.Chat);
        var made = new ChoiceScores(chat, 1).Text(model, new(Sum(2, 3, "5"), text, TokenisedRow.Prompt(text, chat)), "eleven");
        Assert.Equal(Whole("eleven").Ids, made.Ids);
        Assert.Equal(Whole("eleven").PromptLength, made.PromptLength);
        Assert.Equal(chat.EndId, made.Ids[^1]);
    }

    [Fact]
    public void Options_TooManyOrOne_AreAFaultThatSaysWhatToDo()
    {
        foreach (var rows in new[] { 1, ChoiceScores.MostOptions + 1 })
        {
            var fault = Assert.Single(Assert.Throws<SpecificationException>(() => ChoiceScores.Options(Set([.. Enumerable.Range(0, rows).Select(i => Sum(i, 1, $"{i + 1}"))]))).Faults);
            Assert.Equal("evaluation.metric", fault.Path);
            Assert.Contains($"{rows} different answers", fault.Problem);
        }
    }
}
