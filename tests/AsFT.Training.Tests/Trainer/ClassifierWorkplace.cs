using AsFT.Experiments.Events;
using AsFT.Web.Tests;

namespace AsFT.Training.Tests.Trainer;

/// <summary>A folder with labelled texts and the specification of a small classifier of them.</summary>
public abstract class ClassifierWorkplace : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("asft-classifier-");

    public void Dispose()
    {
        folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Losses and scores of a run, every digit.</summary>
    protected List<string> Curves(string run) => [.. Events(run).Select(e => e switch
    {
        Metrics m => $"{m.Step} {m.Values["loss/bce"]:R} {m.Values["loss/contrastive"]:R}",
        Evaluation e2 => $"{e2.Step} {string.Join(' ', e2.Values.Select(v => $"{v.Key} {v.Value:R}"))}",
        _ => "",
    }).Where(l => l.Length > 0)];

    protected string At(string name) => Path.Combine(folder.FullName, name);

    protected static string Lab(string name) => Path.Combine(Oracle.Repository, "lab", name);

    protected List<RunEvent> Events(string run) => [.. EventLog.Read(At(run + "/events.jsonl"))];

    protected string Write(string specification)
    {
        File.WriteAllText(At("spec.yaml"), specification);
        return At("spec.yaml");
    }

    protected string Specification(string loss)
    {
        foreach (var (name, count, seed) in new[] { ("train.csv", 160, 1), ("dev.csv", 40, 2), ("test.csv", 40, 3) })
            if (!File.Exists(At(name))) File.WriteAllText(At(name), LabelledTexts.Csv(count, seed));
        return $$"""
            task: classification
            data: {train: [{{At("train.csv")}}], max_length: 24}
            classifier: {form: label_words, layers: 1, width: 32, vocabulary: 300, dropout: 0, head_learning_rate: 5e-3}
            loss: {kind: {{loss}}, form: sound, alpha: 0.01}
            optimiser: {learning_rate: 5e-3}
            scoring: {dev: {{At("dev.csv")}}, test: {{At("test.csv")}}, tune_thresholds: false}
            training: {epochs: 12, batch_size: 16, patience: 0, checkpoint_every: 500}

            """;
    }
}
