using System.Globalization;
using AsFT.Experiments.Events;
using AsFT.Experiments.Models;
using AsFT.Experiments.Specification;
using AsFT.Experiments.Text;
using AsFT.Trainer.LanguageModels;
using AsFT.Training.Basin;
using AsFT.Training.Judging;
using AsFT.Training.Lora;
using AsFT.Training.Models;
using AsFT.Training.Safety;
using static TorchSharp.torch;

namespace AsFT.Trainer.Basins;

/// <summary>All that a basin needs before its first point: the model, the directions to walk, the snapshots to place, and what scores a point.</summary>
internal sealed record BasinSetup(Surroundings Surroundings, IReadOnlyList<Walk> Walks, IReadOnlyList<Snapshot> Snapshots, Evaluator Evaluator) : IDisposable
{
    public Decoder Model => Surroundings.Model;

    public static BasinSetup Make(RunSpecification s, Sources sources, string directory, EventLog log)
    {
        sources.Check(s);
        var modelDirectory = sources.Model(s.Model.Aligned, "model.aligned");
        var (walks, snapshots) = (s.Basin.Directions.Select(d => WalkOf(d, s, sources)).ToList(), SnapshotsOf(s, sources));
        var map = Placement.Of(s, ModelConfig.ReadLanguageModel(modelDirectory));
        var model = Decoder.Load(modelDirectory, weight => device(map.DeviceOf(weight)), Preparation.TypeOf(s.Training.Precision));
        EarlierRun.Apply(s, model, sources, log);
        var evaluation = new EvaluationSetup(s, sources, directory, PromptTemplate.Resolve(s.Data.Template, modelDirectory), TokenizerDirectory.Load(modelDirectory), model, log);
        return new(new(model, walks), walks, snapshots, evaluation.Make()!);
    }

    private static Walk WalkOf(WalkDirection direction, RunSpecification s, Sources sources) => direction switch
    {
        WalkDirection.Alignment => Walk.Alignment(DefenceSetup.Aligned(s, sources), DefenceSetup.Partner(s, sources)),
        WalkDirection.Harm => Harm(s, sources),
        _ => Walk.Random(s.Basin.RandomSeed),
    };

    /// <summary>A whole model holds all that its run changed, also what a defence did below or after the adapter.</summary>
    private static Walk Harm(RunSpecification s, Sources sources)
    {
        var (directory, _) = Tuned(s.Basin.HarmfulRun!, "basin.harmful_run", s, sources);
        var whole = Path.Combine(directory, "model");
        return Directory.Exists(whole) ? Walk.Harm(DefenceSetup.Aligned(s, sources), new(whole, "the harmful run's model")) : Walk.Harm(AdapterFile.Updates(Path.Combine(directory, "adapter")));
    }

    private static IReadOnlyList<Snapshot> SnapshotsOf(RunSpecification s, Sources sources)
    {
        const string path = "basin.path_run", folder = "snapshots", mark = "step-";
        if (string.IsNullOrEmpty(s.Basin.PathRun)) return [];
        var (directory, tuned) = Tuned(s.Basin.PathRun, path, s, sources);
        var kept = Path.Combine(directory, folder);
        if (tuned.Lox is not null) throw Fault(path, "was run with lox, which moved the weights before the first step; its snapshots do not hold that. Name another run");
        if (!Directory.Exists(kept)) throw Fault(path, "kept no snapshots of its adapter; name one that was run with training.snapshots");
        var whole = Directory.EnumerateDirectories(kept, mark + "*").Where(d => Path.GetExtension(d).Length == 0); // not one that was being written
        return [.. whole.Select(d => new Snapshot(int.Parse(Path.GetFileName(d)[mark.Length..], CultureInfo.InvariantCulture), AdapterFile.Updates(d))).OrderBy(p => p.Step)];
    }

    /// <summary>A run whose update leads away from the aligned model.</summary>
    private static (string Directory, RunSpecification Specification) Tuned(string reference, string path, RunSpecification s, Sources sources)
    {
        var directory = sources.Run(reference, path);
        var tuned = SpecificationText.FromJson(File.ReadAllText(Path.Combine(directory, "spec.json")));
        if (!EarlierRun.IsOf(s.Model.Aligned, tuned, sources)) throw Fault(path, $"is a run of {Pinned.Label(tuned.Model.Aligned)}, and the basin is of {Pinned.Label(s.Model.Aligned)}; name a run that fine-tuned the latter");
        return string.IsNullOrEmpty(tuned.Model.After) ? (directory, tuned) : throw Fault(path, "went on from another run, so its update does not lead away from the aligned model; name one that began there");
    }

    private static SpecificationException Fault(string path, string problem) => new([new(path, problem)]);

    public void Dispose()
    {
        Evaluator.Dispose();
        Surroundings.Dispose();
        Model.Dispose();
    }
}
