using AsFT.Experiments.Events;
using AsFT.Experiments.Models;
using AsFT.Experiments.Specification;
using AsFT.Training.Lora;
using AsFT.Training.Models;
using static TorchSharp.torch;

namespace AsFT.Trainer;

/// <summary>Makes a model what an earlier run made of it, so that another run goes on from there.</summary>
internal static class EarlierRun
{
    private const int MostInARow = 32;

    /// <param name="model">loaded from model.aligned, and nothing done to it yet</param>
    /// <exception cref="SpecificationException">the run is gone, or trained another model</exception>
    public static void Apply(RunSpecification s, Decoder model, Sources sources, EventLog log)
    {
        if (string.IsNullOrEmpty(s.Model.After)) return;
        foreach (var (directory, whole) in Results(s, sources))
        {
            if (whole) SafetensorsFile.ReadInto(Path.Combine(directory, "model", "model.safetensors"), model.Weights);
            else MergedModel.WorkIn(AdapterFile.Attach(Path.Combine(directory, "adapter"), model));
            log.Write(new Log("info", $"goes on from the {(whole ? "whole model" : "adapter")} of the run {Path.GetFileName(Path.TrimEndingDirectorySeparator(directory))}"));
        }
        manual_seed(s.Training.Seed); // what is drawn next does not depend on what was attached here
        if (s.Training.Precision != PrecisionKind.Float32) log.Write(new Log("warning", "the earlier run's update is rounded to the 2 bytes of training.precision where it is worked in; float32 keeps all of it"));
        if (s.Lora.Rank > 0) log.Write(new Log("info", "this run's adapter belongs on top of the earlier run's result: work that one into the model first (asft merge)"));
    }

    /// <summary>What the named run left and, where that is an adapter, what the runs below it left, the lowest first. A whole model holds all below it.</summary>
    private static List<(string Directory, bool Whole)> Results(RunSpecification s, Sources sources)
    {
        var results = new List<(string Directory, bool Whole)>();
        for (var after = s.Model.After; !string.IsNullOrEmpty(after) && results is not [{ Whole: true }, ..];)
        {
            if (results.Count == MostInARow) throw new SpecificationException([new("model.after", $"leads through more than {MostInARow} runs; merge some of them into a model of its own")]);
            var directory = sources.Run(after, "model.after");
            var earlier = SpecificationText.FromJson(File.ReadAllText(Path.Combine(directory, "spec.json")));
            if (!IsOf(s.Model.Aligned, earlier, sources)) throw new SpecificationException([new("model.after", $"the run '{after}' trained {Pinned.Label(earlier.Model.Aligned)}, which is another model than model.aligned; name the model that it trained")]);
            results.Insert(0, (directory, File.Exists(Path.Combine(directory, "model", "model.safetensors"))));
            after = earlier.Model.After;
        }
        return results;
    }

    /// <summary>Whether an earlier run fine-tuned this model.</summary>
    public static bool IsOf(string aligned, RunSpecification earlier, Sources sources) =>
        earlier.Task == RunTask.FineTuning && (aligned == earlier.Model.Aligned || HashOf(aligned, "model.aligned", sources) == HashOf(earlier.Model.Aligned, "model.after", sources));

    private static string HashOf(string model, string path, Sources sources) =>
        Pinned.Parse(model)?.Sha256 ?? WeightHash.OfAsync(sources.Model(model, path)).GetAwaiter().GetResult();
}
