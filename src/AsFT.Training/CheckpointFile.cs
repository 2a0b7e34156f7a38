using System.Text;
using System.Text.Json;
using AsFT.Experiments.Specification;
using AsFT.Training.Lora;
using AsFT.Training.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace AsFT.Training;

/// <summary>
/// All that a run needs to go on exactly: adapter, optimiser state, random state, loss scale and the step, from which
/// the data order follows. It is written aside, flushed and renamed, so that a checkpoint is whole or not there.
/// </summary>
public static class CheckpointFile
{
    public const string Folder = "checkpoints";

    private sealed record State(int Step, double Scale = 1, int Good = 0, int Skipped = 0);

    private const string Weights = "weights.safetensors", Rule = "rule.safetensors";

    /// <summary>Writes checkpoints/step-N below the run's directory and removes those before it.</summary>
    /// <returns>its path below the run's directory</returns>
    public static string Write(string directory, FineTuning training, RunSpecification specification)
    {
        var folder = Directory.CreateDirectory(Path.Combine(directory, Folder)).FullName;
        var aside = Path.Combine(folder, ".writing");
        if (Directory.Exists(aside)) Directory.Delete(aside, recursive: true);
        Directory.CreateDirectory(aside);
        if (training.Defences.Adapted.Count > 0) AdapterFile.Write(aside, training.Defences.Adapted, specification.Lora, Pinned.Label(specification.Model.Aligned));
        else SafetensorsFile.Write(Path.Combine(aside, Weights), training.Model.Weights.ToDictionary(w => w.Key, w => (Tensor)w.Value));
        SafetensorsFile.Write(Path.Combine(aside, Rule), training.Defences.Rule.State);
        Flushed(Path.Combine(aside, "optimiser.bin"), file =>
        {
            using var writer = new BinaryWriter(file, Encoding.UTF8, leaveOpen: true);
            training.Optimiser.save_state_dict(writer);
        });
        using (var random = get_rng_state()) Flushed(Path.Combine(aside, "random.bin"), file => file.Write(random.bytes));
        Flushed(Path.Combine(aside, "state.json"), file => file.Write(JsonSerializer.SerializeToUtf8Bytes(new State(training.Step, training.Scale.Value, training.Scale.Good, training.Scale.Skipped), SpecificationText.Json)));

        var name = $"step-{training.Step:D6}";
        var whole = Path.Combine(folder, name);
        if (Directory.Exists(whole)) Directory.Delete(whole, recursive: true);
        Directory.Move(aside, whole);
        foreach (var older in All(directory).Where(c => c != whole)) Directory.Delete(older, recursive: true);
        return Path.Combine(Folder, name);
    }

    /// <summary>The newest whole checkpoint, if there is one.</summary>
    public static string? Latest(string directory) => All(directory).LastOrDefault();

    public static void Read(string checkpoint, FineTuning training)
    {
        if (training.Defences.Adapted.Count > 0) AdapterFile.Read(checkpoint, training.Defences.Adapted);
        else Copy(Path.Combine(checkpoint, Weights), training.Model.Weights);
        training.Defences.Rule.Restore(training, SafetensorsFile.Read(Path.Combine(checkpoint, Rule)));
        using (var reader = new BinaryReader(File.OpenRead(Path.Combine(checkpoint, "optimiser.bin")))) training.Optimiser.load_state_dict(reader);
        using (var random = tensor(File.ReadAllBytes(Path.Combine(checkpoint, "random.bin")), dtype: ScalarType.Byte)) set_rng_state(random);
        var state = JsonSerializer.Deserialize<State>(File.ReadAllBytes(Path.Combine(checkpoint, "state.json")), SpecificationText.Json)!;
        training.Step = state.Step;
        training.Scale.Restore(state.Scale, state.Good, state.Skipped);
    }

    private static void Copy(string path, IReadOnlyDictionary<string, TorchSharp.Modules.Parameter> weights)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        foreach (var (name, tensor) in SafetensorsFile.Read(path)) weights[name].copy_(tensor);
    }

    private static IEnumerable<string> All(string directory)
    {
        var folder = Path.Combine(directory, Folder);
        return Directory.Exists(folder) ? Directory.EnumerateDirectories(folder, "step-*").Order(StringComparer.Ordinal) : [];
    }

    private static void Flushed(string path, Action<FileStream> write)
    {
        using var file = File.Create(path);
        write(file);
        file.Flush(flushToDisk: true);
    }
}
