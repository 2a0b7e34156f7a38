using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading.Channels;
using AsFT.Web.Shared;

namespace AsFT.Web.Runs.Supervision;

/// <summary>The child process that trains one run, with the environment in which training is fast and stays small.</summary>
public sealed partial class TrainerProcess : IDisposable
{
    private const int Kill = 9, TailLines = 40;
    private static readonly string[] Secret = ["Access__", "Database__", "ConnectionStrings__", "ASPNETCORE_", "DOTNET_URLS"];
    private static readonly string[] Jemalloc = ["/usr/lib/x86_64-linux-gnu/libjemalloc.so.2", "/usr/lib64/libjemalloc.so.2", "/usr/lib/libjemalloc.so.2"];

    private readonly Process process;
    private readonly Channel<string> lines;
    private readonly Queue<string> errors = [];

    /// <param name="mostLines">lines that are kept for a slow reader; then the process waits, and whoever leaves must read to the end. Null: as many as there are</param>
    public TrainerProcess(IEnumerable<string> arguments, int? mostLines = null)
    {
        lines = mostLines is { } most ? Channel.CreateBounded<string>(most) : Channel.CreateUnbounded<string>();
        var start = new ProcessStartInfo(AppPaths.Trainer())
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
            StandardOutputEncoding = Encoding.UTF8, StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var name in start.Environment.Keys.Where(k => Secret.Any(s => k.StartsWith(s, StringComparison.OrdinalIgnoreCase))).ToList()) start.Environment.Remove(name);
        start.Environment.TryAdd("OMP_WAIT_POLICY", "passive"); // spinning threads make a step many times slower as soon as anything else runs
        if (Jemalloc.FirstOrDefault(File.Exists) is { } jemalloc && start.Environment.TryAdd("LD_PRELOAD", jemalloc)) // glibc's malloc grows without bound in training loops
            start.Environment.TryAdd("MALLOC_CONF", "dirty_decay_ms:-1,muzzy_decay_ms:-1");
        process = Process.Start(start)!;
        YieldToPages();
        Exited = ExitAsync();
    }

    public int Id => process.Id;

    /// <summary>The lines of standard output; ends with the process.</summary>
    public ChannelReader<string> Lines => lines.Reader;

    /// <summary>The exit code; 128 + the signal for a process that a signal ended.</summary>
    public Task<int> Exited { get; }

    public string LastErrors
    {
        get
        {
            lock (errors) return string.Join('\n', errors);
        }
    }

    /// <summary>Closing its input asks the trainer to save and leave.</summary>
    public void AskToStop() => process.StandardInput.Close();

    /// <summary>Ends the trainer and all it started.</summary>
    public void End()
    {
        if (OperatingSystem.IsWindows() || kill(-process.Id, Kill) != 0) process.Kill(entireProcessTree: true);
    }

    public void Dispose() => process.Dispose();

    /// <summary>Pages stay quick on a machine that trains on all its cores.</summary>
    private void YieldToPages()
    {
        try
        {
            process.PriorityClass = ProcessPriorityClass.BelowNormal;
        }
        catch (InvalidOperationException)
        {
            // it has ended already, and its exit code will say why
        }
    }

    private async Task<int> ExitAsync()
    {
        await Task.WhenAll(ReadAsync(process.StandardOutput, lines.Writer.WriteAsync), ReadAsync(process.StandardError, KeepError));
        await process.WaitForExitAsync();
        lines.Writer.Complete();
        return process.ExitCode;
    }

    private static async Task ReadAsync(StreamReader reader, Func<string, CancellationToken, ValueTask> take)
    {
        while (await reader.ReadLineAsync() is { } line) await take(line, CancellationToken.None);
    }

    private ValueTask KeepError(string line, CancellationToken cancel)
    {
        lock (errors)
        {
            errors.Enqueue(line);
            if (errors.Count > TailLines) errors.Dequeue();
        }
        return ValueTask.CompletedTask;
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int kill(int pid, int signal);
}
