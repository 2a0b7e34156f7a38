using System.Diagnostics;
using System.Text.Json;
using AsFT.Experiments.Events;
using AsFT.Experiments.Specification;
using AsFT.Trainer.Basins;
using AsFT.Trainer.Classifiers;
using AsFT.Trainer.LanguageModels;
using AsFT.Training;

namespace AsFT.Trainer;

/// <summary>Tries a few steps of a run and an evaluation, and tells what the whole will take. Nothing of it is kept. Prints one line of JSON.</summary>
/// <param name="Scratch">what is written meanwhile lies in a folder below it, which is removed</param>
internal sealed record TimeCommand(FileInfo File, Sources Sources, DirectoryInfo? Scratch, bool Supervised)
{
    public int Execute()
    {
        if (!File.Exists)
        {
            Console.Error.WriteLine($"there is no file '{File}'");
            return 2;
        }
        using var stop = new StopSignal(Supervised);
        var folder = Directory.CreateDirectory(Path.Combine(Scratch?.FullName ?? Path.GetTempPath(), $"asft-time-{Guid.NewGuid():N}")).FullName;
        try
        {
            var timing = Try(SpecificationText.Parse(System.IO.File.ReadAllText(File.FullName)), folder, stop.Token);
            Console.WriteLine(JsonSerializer.Serialize(timing, SpecificationText.Json));
            return 0;
        }
        catch (SpecificationException e)
        {
            foreach (var fault in e.Faults) Console.Error.WriteLine(fault);
            return 2;
        }
        catch (OperationCanceledException)
        {
            return 3;
        }
        catch (Exception e) when (Failure.IsKnown(e) || e is DivergedException or ArgumentException)
        {
            return Failure.Say(e);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private RunTiming Try(RunSpecification specification, string folder, CancellationToken stop)
    {
        using var log = new EventLog(Path.Combine(folder, "events.jsonl"));
        var timing = specification.Task switch
        {
            RunTask.Classification => new ClassifierTrial(specification, Sources, folder, log, stop).Measure(),
            RunTask.Basin => new BasinTrial(specification, Sources, folder, log, stop).Measure(),
            _ => new FineTuningTrial(specification, Sources, folder, log, stop).Measure(),
        };
        using var process = Process.GetCurrentProcess();
        return timing with { PeakMemoryBytes = process.PeakWorkingSet64 };
    }
}
