using System.Text.Json;
using AsFT.Experiments.Datasets;
using AsFT.Experiments.Specification;
using AsFT.Experiments.Text;

namespace AsFT.Experiments.Tests.Text;

public sealed class RowLengthsTests : Workplace
{
    /// <summary>All 96 rows fit into the sample, so the longest of a batch is the longest there is, and a batch's learnt tokens lie between average and most.</summary>
    [Fact]
    public async Task OfTraining_RowsOfKnownLengths_AreFound()
    {
        await File.WriteAllLinesAsync(At("rows.jsonl"), Enumerable.Range(1, 96).Select(i => JsonSerializer.Serialize(new { instruction = new string('7', i), output = "5" })));
        var dataset = await DatasetFolder.ImportAsync(At("datasets"), At("rows.jsonl"), "rows.jsonl");
        var tokenizer = TokenizerDirectory.Load(Path.Combine(Repository, "lab", "models", "lab-base"));
        var s = new RunSpecification { Training = new() { BatchSize = 4 }, Data = new() { MaxLength = 60 } };
        var all = dataset.Rows().Select(r => TokenisedRow.From(PromptTemplate.Render(TemplateKind.Lab, r, []), tokenizer, 60)).ToList();
        var seen = RowLengths.OfTraining(s, TemplateKind.Lab, tokenizer, [dataset]);
        Assert.Equal((96, 60), (seen.Sampled, seen.LongestOfBatch)); // cut at 60
        Assert.Equal((all.Count(r => r.Cut), all.Count(r => r.Supervised <= 0)), (seen.Cut, seen.Empty));
        Assert.True(seen.Cut > seen.Empty && seen.Empty > 0);
        Assert.InRange(seen.Learnt, 4 * all.Average(r => Math.Max(0, r.Supervised)), 4 * all.Max(r => r.Supervised));
        Assert.Equal(TokenisedRow.Prompt(PromptTemplate.Render(TemplateKind.Lab, dataset.Page(49, 1)[0], []), tokenizer).Count, RowLengths.LongestPrompt(TemplateKind.Lab, tokenizer, dataset, 50));
        Assert.Equal(0, RowLengths.LongestPrompt(TemplateKind.Lab, tokenizer, dataset, 0)); // a limit that is being typed
        Assert.Equal(60, RowLengths.OfTraining(s with { Data = s.Data with { PublishedPadding = true } }, TemplateKind.Lab, tokenizer, [dataset]).LongestOfBatch);
    }
}
