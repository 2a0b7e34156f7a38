using AsFT.Experiments.Datasets;
using AsFT.Experiments.Lab;
using AsFT.Experiments.Specification;
using AsFT.Experiments.Text;
using AsFT.Training;
using AsFT.Training.Judging;
using AsFT.Training.Models;
using AsFT.Training.Text;
using static TorchSharp.torch;

namespace AsFT.Trainer.Lab;

/// <summary>What a model of the lab does with things, phrasings and questions that no training text holds.</summary>
internal sealed class LabMeasure(Decoder model, TextTokenizer tokenizer)
{
    private const int Questions = 100, NewTokens = 28;

    public LabCard Card(string world, LabManner manner, List<RenderedRow> heldOut)
    {
        var asked = new LabWorld(21, manner);
        var tasks = new Dictionary<string, Func<LabPart, InstructionRow>> { ["story"] = asked.Story, ["sentiment"] = asked.Opinion, ["sum"] = asked.Sum, ["word order"] = asked.Reversed };
        var (harmful, harmless) = (Verdicts(Presets.LabHarmful), Verdicts(Presets.LabHarmless));
        return new(world, model.Weights.Values.Sum(w => w.numel()), Perplexity(heldOut), tasks.ToDictionary(t => t.Key, t => Right([.. Enumerable.Range(0, Questions).Select(_ => t.Value(LabPart.Test))])),
            Share(harmful, Verdict.Refused), Share(harmful, Verdict.Complied), Share(harmless, Verdict.Refused));
    }

    private List<Verdict> Verdicts(string prompts)
    {
        using var judge = new LabJudge();
        var rows = LabDatasets.All[prompts]().Cast<InstructionRow>().ToList();
        return [.. judge.Judge([.. rows.Zip(Answers(rows), (r, a) => new Exchange(r.Instruction, a))]).Select(j => j.Verdict)];
    }

    private static LabShare Share(List<Verdict> verdicts, Verdict verdict) => new(verdicts.Count(v => v == verdict), verdicts.Count);

    private LabShare Right(List<InstructionRow> rows) => new(rows.Zip(Answers(rows)).Count(p => p.First.Output == p.Second), rows.Count);

    private List<string> Answers(IEnumerable<InstructionRow> rows)
    {
        var prompts = rows.Select(r => (IReadOnlyList<int>)TokenisedRow.Prompt(PromptTemplate.Render(TemplateKind.Lab, r, []), tokenizer)).ToList();
        return [.. Generation.Greedy(model, prompts, NewTokens, tokenizer.EndIds).Select(ids => tokenizer.Decode(ids).Trim())];
    }

    private double Perplexity(List<RenderedRow> rows)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var tokenised = rows.ConvertAll(r => TokenisedRow.From(r, tokenizer, model.Config.MaxPositions));
        using var training = new FineTuning(new(), model, [], tokenised, tokenizer.EndId, new());
        return Math.Exp(training.TokenLosses(Batch.Of(tokenised, tokenizer.EndId)).mean().item<float>());
    }
}
