using System.Text;
using System.Text.Json;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AsFT.Training;

/// <summary>A training that can be stopped after any step and gone on with exactly.</summary>
public interface IResumable
{
    /// <summary>Optimiser steps done.</summary>
    int Step { get; set; }

    OptimizerHelper Optimiser { get; }

    /// <summary>Writes weights, and what else a step leaves behind, into a directory.</summary>
    void WriteState(string directory);

    void ReadState(string directory);
}

/// <summary>
/// All that a run needs to go on exactly: weights and what else a step leaves behind, optimiser state, random state and the step, from which
/// the data order follows. It is written aside, flushed and renamed, so that a checkpoint is whole or not there.
/// </summary>
public static class CheckpointFile
{
    public const string Folder = "checkpoints";

    /// <summary>Writes checkpoints/step-N below the run's directory and removes those before it.</summary>
    /// <returns>its path below the run's directory</returns>
    public static string Write(string directory, IResumable training)
    {
        var folder = Directory.CreateDirectory(Path.Combine(directory, Folder)).FullName;
        var aside = Path.Combine(folder, ".writing");
        if (Directory.Exists(aside)) Directory.Delete(aside, recursive: true);
        Directory.CreateDirectory(aside);
        training.WriteState(aside);
        Flushed(Path.Combine(aside, "optimiser.bin"), file =>
        {
            using var writer = new BinaryWriter(file, Encoding.UTF8, leaveOpen: true);
            training.Optimiser.save_state_dict(writer);
        });
        using (var random = get_rng_state()) Flushed(Path.Combine(aside, "random.bin"), file => file.Write(random.bytes));
        Flushed(Path.Combine(aside, "state.json"), file => file.Write(JsonSerializer.SerializeToUtf8Bytes(new { step = training.Step })));

        var name = $"step-{training.Step:D6}";
        var whole = Path.Combine(folder, name);
        if (Directory.Exists(whole)) Directory.Delete(whole, recursive: true);
        Directory.Move(aside, whole);
        foreach (var older in All(directory).Where(c => c != whole)) Directory.Delete(older, recursive: true);
        return Path.Combine(Folder, name);
    }

    /// <summary>The newest whole checkpoint, if there is one.</summary>
    public static string? Latest(string directory) => All(directory).LastOrDefault();

    /// <summary>Goes on from the newest whole checkpoint.</summary>
    /// <returns>its step; -1 where there is none</returns>
    public static int ReadLatest(string directory, IResumable training)
    {
        if (Latest(directory) is not { } checkpoint) return -1;
        Read(checkpoint, training);
        return training.Step;
    }

    public static void Read(string checkpoint, IResumable training)
    {
        training.ReadState(checkpoint);
        using (var reader = new BinaryReader(File.OpenRead(Path.Combine(checkpoint, "optimiser.bin")))) training.Optimiser.load_state_dict(reader);
        using (var random = tensor(File.ReadAllBytes(Path.Combine(checkpoint, "random.bin")), dtype: ScalarType.Byte)) set_rng_state(random);
        using var state = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(checkpoint, "state.json")));
        training.Step = state.RootElement.GetProperty("step").GetInt32();
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
