using System.Diagnostics;
using AsFT.Experiments.Events;
using AsFT.Experiments.Specification;

namespace AsFT.Bench.Classification;

/// <summary>One run in a directory of its own. One that has ended is not run again, so that the whole can be stopped and gone on with.</summary>
internal sealed record RecordedRun(string Directory, RunSpecification Specification)
{
    public async Task RunAsync(int threads)
    {
        if (Ended && IsKept) return;
        if (System.IO.Directory.Exists(Directory)) System.IO.Directory.Delete(Directory, recursive: true);
        System.IO.Directory.CreateDirectory(Directory);
        var file = Directory + ".yaml";
        await File.WriteAllTextAsync(file, SpecificationText.ToYaml(Specification));
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "asft"), ["run", file, "--out", Directory]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        (start.Environment["OMP_WAIT_POLICY"], start.Environment["OMP_NUM_THREADS"]) = ("passive", threads.ToString(System.Globalization.CultureInfo.InvariantCulture));
        using var process = Process.Start(start)!;
        await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Console.Error.WriteLine($"{Path.GetFileName(Directory)}: {(Cause ?? FormattableString.Invariant($"dev macro F1 {BestOnDev:0.0000}"))}");
        foreach (var weights in new[] { "checkpoints", "best", "classifier", "datasets" }.Select(f => Path.Combine(Directory, f)).Where(System.IO.Directory.Exists)) System.IO.Directory.Delete(weights, recursive: true);
    }

    private IReadOnlyList<RunEvent> Events => EventLog.Read(Path.Combine(Directory, "events.jsonl")).ToList();

    private bool Ended => Events.Any(e => e is Finished { Outcome: "completed" } or Failed);

    /// <summary>What lies there was made by this specification.</summary>
    private bool IsKept => SpecificationText.Hash(SpecificationText.FromJson(File.ReadAllText(Path.Combine(Directory, "spec.json")))) == SpecificationText.Hash(Specification);

    /// <summary>Why it has no result; null if it has.</summary>
    public string? Cause => Events.OfType<Failed>().FirstOrDefault()?.Cause ?? (Ended ? null : "ended without a word");

    public double BestOnDev => Events.OfType<Evaluation>().Where(e => e.Step > 0).Select(e => e.Values.GetValueOrDefault("eval/f1_macro", -1)).DefaultIfEmpty(-1).Max();

    public double OnTest(string score) => Events.OfType<Evaluation>().Last(e => e.Values.ContainsKey("test/" + score)).Values["test/" + score];
}
