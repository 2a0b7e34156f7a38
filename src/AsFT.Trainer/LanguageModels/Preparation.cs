using AsFT.Experiments.Datasets;
using AsFT.Experiments.Events;
using AsFT.Experiments.Models;
using AsFT.Experiments.Specification;
using AsFT.Experiments.Text;
using AsFT.Training;
using AsFT.Training.Judging;
using AsFT.Training.Lora;
using AsFT.Training.Models;
using AsFT.Training.Safety;
using TorchSharp;
using static TorchSharp.torch;

namespace AsFT.Trainer.LanguageModels;

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

        var map = Placement.Of(s, ModelConfig.ReadLanguageModel(modelDirectory));
        var model = Decoder.Load(modelDirectory, weight => device(map.DeviceOf(weight)), TypeOf(s.Training.Precision));
        EarlierRun.Apply(s, model, sources, log);
        if (s.Data.MaxLength > model.Config.MaxPositions && rows.Max(r => r.Ids.Length) > model.Config.MaxPositions)
            throw new SpecificationException([new("data.max_length", $"is {s.Data.MaxLength}, and there are rows longer than the model's {model.Config.MaxPositions} positions; take at most that")]);
        var setup = DefenceSetup.Make(s, model, sources, reader, log, stop);
        var training = new FineTuning(s, model, setup.Trainable.Values, rows, tokenizer.EndId, setup.Defending);
        setup.Defending.Loss?.Remember(training, stop);
        return new(model, setup, training, reader, new EvaluationSetup(s, sources, directory, template, tokenizer, model, log).Make(), tokenizer.EndId);
    }

    public static ScalarType TypeOf(PrecisionKind precision) => precision switch
    {
        PrecisionKind.Float16 => ScalarType.Float16,
        PrecisionKind.Bfloat16 => ScalarType.BFloat16,
        _ => ScalarType.Float32,
    };

    /// <summary>The adapter, and the whole model where more than an adapter was changed.</summary>
    public void Keep(RunSpecification s, Sources sources, string directory)
    {
        if (Setup.Adapted.Count > 0) KeepAdapter(s, Path.Combine(directory, "adapter"));
        if (s.Lora.Rank == 0 || s.Lox is not null || s.Resta is not null) MergedModel.Write(Path.Combine(directory, "model"), sources.Model(s.Model.Aligned, "model.aligned"), Model);
    }

    /// <summary>What is trained.</summary>
    public void KeepTrained(RunSpecification s, Sources sources, string folder)
    {
        if (Setup.Adapted.Count > 0) KeepAdapter(s, folder);
        else MergedModel.Write(folder, sources.Model(s.Model.Aligned, "model.aligned"), Model);
    }

    public void KeepAdapter(RunSpecification s, string folder) =>
        AdapterFile.Write(folder, Setup.Adapted, Adapted(s), Pinned.Label(s.Model.Aligned) + (string.IsNullOrEmpty(s.Model.After) ? "" : $" after {s.Model.After}")); // a name that loads nothing: on the bare model this adapter would give another one

    /// <summary>Where a defence spares layers, every adapted module by its name: whoever reads the adapter must not look for the others.</summary>
    private LoraOptions Adapted(RunSpecification s) => s.Sppft is null ? s.Lora : s.Lora with { Targets = [.. Setup.Adapted.Select(m => m.Name)], Layers = [] };

    public void Dispose()
    {
        Training.Dispose();
        Evaluator?.Dispose();
        Setup.Dispose();
        Model.Dispose();
    }
}
