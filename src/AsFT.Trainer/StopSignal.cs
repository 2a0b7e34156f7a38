using System.Runtime.InteropServices;

namespace AsFT.Trainer;

/// <summary>Asks a run to stop between two steps: on SIGINT, SIGTERM, or when a supervised process' standard input closes.</summary>
internal sealed partial class StopSignal : IDisposable
{
    private readonly CancellationTokenSource source = new();
    private readonly List<PosixSignalRegistration> registrations = [];

    public CancellationToken Token => source.Token;

    public StopSignal(bool supervised)
    {
        foreach (var signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM })
            registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                source.Cancel();
            }));
        if (!supervised) return;
        if (!OperatingSystem.IsWindows()) _ = setpgid(0, 0); // so that the supervisor can end this process and all it starts
        new Thread(WaitForEndOfInput) { IsBackground = true, Name = "standard input" }.Start();
    }

    private void WaitForEndOfInput()
    {
        using var input = Console.OpenStandardInput();
        Span<byte> ignored = stackalloc byte[256];
        while (input.Read(ignored) > 0) { }
        source.Cancel();
    }

    public void Dispose()
    {
        foreach (var registration in registrations) registration.Dispose();
    }

    [LibraryImport("libc")]
    private static partial int setpgid(int pid, int group);
}
