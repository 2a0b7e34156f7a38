using System.Diagnostics;
using TorchSharp;

namespace AsFT.Trainer.Lab;

/// <summary>Further processes of this program that work at the same tournament. They stop when their standard input closes, so none outlives this one.</summary>
internal sealed class TournamentWorkers : IDisposable
{
    private readonly List<Process> others = [];

    /// <param name="count">with this process; the processor's threads are divided among them</param>
    /// <param name="arguments">what each is started with</param>
    public TournamentWorkers(int count, IReadOnlyList<string> arguments)
    {
        if (count == 1) return;
        var threads = Math.Max(1, Environment.ProcessorCount / count);
        torch.set_num_threads(threads);
        for (var i = 1; i < count; i++)
        {
            var start = new ProcessStartInfo(Environment.ProcessPath!, IsHosted ? [typeof(TournamentWorkers).Assembly.Location, .. arguments] : arguments) { RedirectStandardInput = true, UseShellExecute = false };
            start.Environment["OMP_NUM_THREADS"] = start.Environment["MKL_NUM_THREADS"] = threads.ToString(System.Globalization.CultureInfo.InvariantCulture);
            start.Environment.TryAdd("OMP_WAIT_POLICY", "passive");
            others.Add(Process.Start(start)!);
        }
    }

    /// <summary>Whether this program was started as "dotnet asft.dll", so that the process's own file is the host and not the program.</summary>
    private static bool IsHosted => Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet";

    /// <summary>Until all have left; asked to, they save what they have.</summary>
    /// <returns>how many ended otherwise than they should</returns>
    public int Wait(bool stop)
    {
        foreach (var process in others)
        {
            if (stop) process.StandardInput.Close();
            process.WaitForExit();
        }
        return others.Count(p => p.ExitCode is not (0 or 3));
    }

    public void Dispose()
    {
        foreach (var process in others)
        {
            process.StandardInput.Close();
            process.Dispose();
        }
    }
}
