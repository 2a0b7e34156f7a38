using AsFT.Experiments.Datasets;
using AsFT.Experiments.Events;
using AsFT.Experiments.Specification;
using AsFT.Experiments.Text;
using AsFT.Training;
using AsFT.Training.Judging;
using AsFT.Training.Lora;
using AsFT.Training.Models;
using AsFT.Training.Safety;
using TorchSharp;
using static TorchSharp.torch;

namespace AsFT.Trainer;

/// <summary>All that a run needs before its first step.</summary>
internal sealed record Preparation(Decoder Model, IReadOnlyList<Projection> Adapted, Penalty? Penalty, FineTuning Training, Evaluator? Evaluator, int Rows) : IDisposable
{
    public static Preparation Make(RunSpecification s, Sources sources, string directory, EventLog log)
    {
        var modelDirectory = sources.Model(s.Model.Aligned, "model.aligned");
        var tokenizer = TokenizerDirectory.Load(modelDirectory);
        var template = PromptTemplate.Resolve(s.Data.Template, modelDirectory);
        var datasets = s.Data.Train.Select((reference, i) => sources.Dataset(reference, $"data.train[{i}]", directory)).ToList();
        var rows = TrainingRows(datasets, template, tokenizer, s.Data.MaxLength, log);

        var model = Decoder.Load(modelDirectory, ChooseDevice(s.Training.Device), s.Training.Precision == PrecisionKind.Bfloat16 ? ScalarType.BFloat16 : ScalarType.Float32);
        if (s.Data.MaxLength > model.Config.MaxPositions && rows.Max(r => r.Ids.Length) > model.Config.MaxPositions)
            throw new SpecificationException([new("data.max_length", $"is {s.Data.MaxLength}, and there are rows longer than the model's {model.Config.MaxPositions} positions; take at most that")]);
        var adapted = LoraAdapter.Attach(model, s.Lora);
        var penalty = ChoosePenalty(s, sources, adapted, log);
        var training = new FineTuning(s, model, LoraAdapter.Parameters(adapted), rows, tokenizer.EndId, penalty is null ? null : () => penalty.Value(adapted));
        return new(model, adapted, penalty, training, new EvaluationSetup(s, sources, directory, template, tokenizer, model, log).Make(), rows.Count);
    }

    /// <summary>The token audit: rows that were cut, and rows of which nothing is left to learn.</summary>
    private static List<TokenisedRow> TrainingRows(List<DatasetFolder> datasets, TemplateKind template, TextTokenizer tokenizer, int maxLength, EventLog log)
    {
        var rows = new List<TokenisedRow>();
        foreach (var dataset in datasets)
        {
            var summary = dataset.Summary;
            if (summary.Kind == DatasetKind.Prompts) throw new SpecificationException([new("data.train", $"the dataset '{summary.Name}' holds prompts without answers; there is nothing to learn from it")]);
            var labels = summary.Labels.Select(l => l.Label).ToList();
            var all = dataset.Rows().Select(r => TokenisedRow.From(PromptTemplate.Render(template, r, labels), tokenizer, maxLength)).ToList();
            var empty = all.Select((r, i) => (r, Number: i + 1)).Where(r => r.r.Supervised <= 0).Select(r => r.Number).ToList();
            var cut = all.Count(r => r.Cut);
            log.Write(new Log("info", $"{summary.Name}: {all.Count} rows, {all.Sum(r => (long)r.Ids.Length)} tokens, longest {all.Max(r => r.Ids.Length)}"));
            if (cut > 0) log.Write(new Log("warning", $"{summary.Name}: {cut} rows are longer than {maxLength} tokens and were cut; raise data.max_length to keep them whole"));
            if (empty.Count > 0) log.Write(new Log("warning", $"{summary.Name}: {empty.Count} rows have no answer left after the cut and are left out: rows {string.Join(", ", empty.Take(20))}{(empty.Count > 20 ? " …" : "")}"));
            rows.AddRange(all.Where(r => r.Supervised > 0));
        }
        return rows.Count > 0 ? rows : throw new SpecificationException([new("data.max_length", $"is {maxLength}; no row has an answer left after the cut. Raise it")]);
    }

    private static Penalty? ChoosePenalty(RunSpecification s, Sources sources, IReadOnlyList<Projection> adapted, EventLog log)
    {
        if (s.Method.Kind == MethodKind.Sft) return null;
        if (s.Method.Kind == MethodKind.L2) return new L2Penalty();
        var penalty = AsftPenalty.Between(adapted, sources.Model(s.Model.Base!, "model.base"));
        if (penalty.LeftOut.Count == adapted.Count) throw new SpecificationException([new("model.base", "is equal to the model in every adapted layer: there is no alignment direction between them")]);
        if (penalty.LeftOut.Count > 0) log.Write(new Log("warning", $"alignment did not change {string.Join(", ", penalty.LeftOut)}: no direction there, so no penalty"));
        return penalty;
    }

    private static Device ChooseDevice(string name)
    {
        if (name == "cpu" || name == "auto" && !cuda.is_available()) return CPU;
        var index = name == "auto" ? 0 : int.Parse(name["cuda:".Length..], System.Globalization.CultureInfo.InvariantCulture);
        var count = cuda.is_available() ? cuda.device_count() : 0;
        return index < count ? device($"cuda:{index}")
            : throw new SpecificationException([new("training.device", $"is {name}; this machine has {count} GPU{(count == 1 ? "" : "s")} that the trainer can use")]);
    }

    public void Dispose()
    {
        Training.Dispose();
        Evaluator?.Dispose();
        Penalty?.Dispose();
        Model.Dispose();
    }
}
