using AsFT.Experiments.Datasets;
using AsFT.Experiments.Specification;
using AsFT.Experiments.Text;
using AsFT.Training.Judging;
using AsFT.Training.Models;

namespace AsFT.Training.Tests.Judging;

public sealed class EvaluatorTests
{
    private static readonly string Lab = Path.Combine(Oracle.Repository, "lab", "models", "lab-aligned");

    /// <summary>Seven sums with five different answers, batches of four; where answers are chosen, each question brings five texts, so it is a batch by itself.</summary>
    [Theory]
    [InlineData(TaskMetric.Exact, new[] { 4, 3 })]
    [InlineData(TaskMetric.Choice, new[] { 1, 1, 1, 1, 1, 1, 1 })]
    public void InBatches_OneByOne_AnswerAsTheWholeDoes(TaskMetric metric, int[] sizes)
    {
        var tokenizer = TokenizerDirectory.Load(Lab);
        var rows = new[] { (1, 1, "2"), (2, 3, "5"), (4, 5, "9"), (9, 9, "18"), (3, 2, "5"), (10, 13, "23"), (12, 11, "23") }.Select(s => new InstructionRow($"What is {s.Item1} plus {s.Item2}?", null, s.Item3));
        var task = new QuestionSet([.. rows.Select(r => (r, text: PromptTemplate.Render(TemplateKind.Lab, r, []))).Select(r => new Question(r.r, r.text, TokenisedRow.Prompt(r.text, tokenizer)))], []);
        using var evaluator = new Evaluator(new() { Evaluation = new() { BatchSize = 4, TaskNewTokens = 6, Metric = metric } }, TemplateKind.Lab, tokenizer, new(null, null, task));
        using var model = Decoder.Load(Lab, CPU, ScalarType.Float32);

        var parts = Assert.Single(evaluator.InBatches()).Select(b => b.Evaluate(model, default).Answers).ToList();

        Assert.Equal(sizes, parts.Select(p => p.Count));
        Assert.Equal(evaluator.Evaluate(model, default).Answers.OrderBy(a => a.Prompt, StringComparer.Ordinal), parts.SelectMany(p => p).OrderBy(a => a.Prompt, StringComparer.Ordinal));
    }
}
