using AsFT.Experiments.Datasets;
using AsFT.Experiments.Events;
using AsFT.Experiments.Models;
using AsFT.Experiments.Specification;
using AsFT.Trainer.Basins;
using AsFT.Trainer.Classifiers;
using AsFT.Trainer.LanguageModels;
using AsFT.Training;

namespace AsFT.Trainer;

/// <summary>One run from its specification to its exit code: the one place where faults become words.</summary>
internal static class RunCommand
{
    private const string EventsFile = "events.jsonl";

    public static int Execute(FileInfo? specificationFile, DirectoryInfo? output, DirectoryInfo? resume, Sources sources, bool supervised)
    {
        var directory = (resume ?? output)?.FullName;
        if (directory is null || (resume is null) == (specificationFile is null))
        {
            Console.Error.WriteLine("give either SPEC and --out DIR, or --resume DIR");
            return 2;
        }
        if (specificationFile is { Exists: false })
        {
            Console.Error.WriteLine($"there is no file '{specificationFile}'");
            return 2;
        }
        using var stop = new StopSignal(supervised);
        try
        {
            Directory.CreateDirectory(directory);
            using var held = RunLock.Take(directory, stop.Token);
            var kept = Path.Combine(directory, "spec.json");
            var specification = SpecificationText.Parse(File.ReadAllText(resume is null ? specificationFile!.FullName : kept));
            if (resume is null && File.Exists(Path.Combine(directory, EventsFile)))
                throw new SpecificationException([new("--out", $"{directory} holds a run already; go on with --resume, or name another directory")]);
            File.WriteAllText(kept, SpecificationText.ToJson(specification));
            return Run(specification, sources, directory, Console.Out, new(Console.Error), stop.Token);
        }
        catch (SpecificationException e)
        {
            foreach (var fault in e.Faults) Console.Error.WriteLine(fault);
            if (resume is null && !supervised) ForgetUnstarted(directory);
            return 2;
        }
        catch (IOException e)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
        catch (OperationCanceledException) // asked to leave while another process had the directory
        {
            return 3;
        }
    }

    /// <summary>A corrected specification may take the same directory.</summary>
    private static void ForgetUnstarted(string directory)
    {
        var events = Path.Combine(directory, EventsFile);
        if (EventLog.Read(events).Any(e => e is Started)) return;
        File.Delete(events);
        File.Delete(Path.Combine(directory, "spec.json"));
    }

    /// <summary>A run whose folder is held and holds its specification, from where its last start left it.</summary>
    /// <param name="echo">where events are told beside their file; null: nowhere</param>
    /// <exception cref="SpecificationException">it cannot run; the events say so too</exception>
    public static int Run(RunSpecification specification, Sources sources, string directory, TextWriter? echo, Progress progress, CancellationToken stop)
    {
        using var log = new EventLog(Path.Combine(directory, EventsFile), echo);
        IRun run = specification.Task switch
        {
            RunTask.Classification => new ClassifierRun(specification, sources, directory, log, progress, stop),
            RunTask.Basin => new BasinRun(specification, sources, directory, log, progress, stop),
            _ => new FineTuningRun(specification, sources, directory, log, progress, stop),
        };
        try
        {
            return run.Execute() ? 0 : 3;
        }
        catch (SpecificationException e)
        {
            log.Write(new Failed("specification", string.Join("; ", e.Faults), 0));
            throw;
        }
        catch (DivergedException e)
        {
            return Fail(log, "diverged", e.Message, e.Step);
        }
        catch (Exception e) when (e is ModelException or DatasetException or IOException or UnauthorizedAccessException or ArgumentException or System.Runtime.InteropServices.ExternalException)
        {
            return Fail(log, "error", e.Message.Split('\n')[0], run.Step);
        }
    }

    private static int Fail(EventLog log, string reason, string cause, int step)
    {
        log.Write(new Failed(reason, cause, step));
        Console.Error.WriteLine(cause);
        return 1;
    }
}
