namespace AsFT.Trainer;

/// <summary>A file that is held open while a process trains in a directory: two never do. The system lets go of it when the process ends, however it ends.</summary>
internal static class RunLock
{
    private const int WouldBlock = 11, SharingViolation = 32;

    /// <summary>Waits for one that may still be leaving: so long as a site gives a run that saves.</summary>
    /// <exception cref="IOException">another process keeps the directory</exception>
    /// <exception cref="OperationCanceledException">this one is to leave, too</exception>
    public static FileStream Take(string directory, CancellationToken stop)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return Open(directory);
            }
            catch (IOException e) when (IsHeld(e) && attempt < 240)
            {
                if (stop.WaitHandle.WaitOne(500)) stop.ThrowIfCancellationRequested();
            }
        }
    }

    /// <summary>Null where another process has it.</summary>
    public static FileStream? TryTake(string directory)
    {
        try
        {
            return Open(directory);
        }
        catch (IOException e) when (IsHeld(e))
        {
            return null;
        }
    }

    /// <summary>Not so where the disk is full or may not be written, which waiting does not mend.</summary>
    private static bool IsHeld(IOException e) => (e.HResult & 0xFFFF) is WouldBlock or SharingViolation;

    private static FileStream Open(string directory) => new(Path.Combine(directory, "run.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
}
