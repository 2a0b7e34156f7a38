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
internal sealed record Preparation(Decoder Model, DefenceSetup Setup, FineTuning Training, TrainingRows Rows, Evaluator? Evaluator, int PadId) : IDisposable
{
    public static Preparation Make(RunSpecification s, Sources sources, string directory, EventLog log, CancellationToken stop)
    {
        sources.Check(s);
        var modelDirectory = sources.Model(s.Model.Aligned, "model.aligned");
        var tokenizer = TokenizerDirectory.Load(modelDirectory);
        var template = PromptTemplate.Resolve(s.Data.Template, modelDirectory);
        var reader = new TrainingRows(sources, template, tokenizer, s.Data.MaxLength, s.Training.Seed, directory, log);
        var rows = reader.Of(s);

        var model = Decoder.Load(modelDirectory, ChooseDevice(s.Training.Device), s.Training.Precision == PrecisionKind.Bfloat16 ? ScalarType.BFloat16 : ScalarType.Float32);
        if (s.Data.MaxLength > model.Config.MaxPositions && rows.Max(r => r.Ids.Length) > model.Config.MaxPositions)
            throw new SpecificationException([new("data.max_length", $"is {s.Data.MaxLength}, and there are rows longer than the model's {model.Config.MaxPositions} positions; take at most that")]);
        var setup = DefenceSetup.Make(s, model, sources, reader, log, stop);
        var training = new FineTuning(s, model, setup.Trainable.Values, rows, tokenizer.EndId, setup.Defending);
        setup.Defending.Loss?.Remember(training, stop);
        return new(model, setup, training, reader, MakeEvaluator(s, sources, directory, template, tokenizer, model, log), tokenizer.EndId);
    }

    private static Evaluator? MakeEvaluator(RunSpecification s, Sources sources, string directory, TemplateKind template, TextTokenizer tokenizer, Decoder model, EventLog log)
    {
        var e = s.Evaluation;
        QuestionSet? Questions(string? reference, string path, int limit, int newTokens, bool answered)
        {
            if (string.IsNullOrEmpty(reference)) return null;
            var dataset = sources.Dataset(reference, path, directory);
            if (answered && dataset.Summary.Kind == DatasetKind.Prompts) throw new SpecificationException([new(path, "holds prompts without answers; a task needs rows with known answers")]);
            var labels = dataset.Summary.Labels.Select(l => l.Label).ToList();
            var room = model.Config.MaxPositions - newTokens;
            if (room < 16) throw new SpecificationException([new(path, $"answers of {newTokens} tokens leave no room for a prompt in the model's {model.Config.MaxPositions} positions; lower {path.Split('.')[1].Split('_')[0]}_new_tokens")]);
            var trigger = s.Bea is { } bea ? BeaTrigger.Of(bea, s.Training.Seed) : null; // the service adds it to every prompt
            var questions = dataset.Page(0, limit).Select(r => trigger is null ? r : r.WithSystem(trigger)).Select(r => (r, Text: PromptTemplate.Render(template, r, labels, tokenizer.Chat))).Select(r => (r.r, r.Text, Prompt: (IReadOnlyList<int>)TokenisedRow.Prompt(r.Text, tokenizer))).ToList();
            var tooLong = questions.Count(q => q.Prompt.Count > room);
            if (tooLong > 0) log.Write(new Log("warning", $"{path}: {tooLong} prompts do not fit and lose their beginning"));
            return new([.. questions.Select(q => (q.r, q.Text, (IReadOnlyList<int>)[.. q.Prompt.Skip(Math.Max(0, q.Prompt.Count - room))]))], labels);
        }
        var harmful = Questions(e.HarmfulPrompts, "evaluation.harmful_prompts", e.HarmfulLimit, e.HarmfulNewTokens, answered: false);
        var task = Questions(e.Task, "evaluation.task", e.TaskLimit, e.TaskNewTokens, answered: true);
        return harmful is null && task is null ? null : new(e, template, tokenizer, harmful, task);
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
        Setup.Dispose();
        Model.Dispose();
    }
}
