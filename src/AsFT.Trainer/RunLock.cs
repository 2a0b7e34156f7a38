namespace AsFT.Trainer;

/// <summary>A file that is held open while a process trains in a directory: two never do. The system lets go of it when the process ends, however it ends.</summary>
internal static class RunLock
{
    /// <summary>Waits a while for one that may still be leaving.</summary>
    /// <exception cref="IOException">another process keeps the directory</exception>
    public static FileStream Take(string directory)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return Open(directory);
            }
            catch (IOException) when (attempt < 60)
            {
                Thread.Sleep(500);
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
        catch (IOException)
        {
            return null;
        }
    }

    private static FileStream Open(string directory) => new(Path.Combine(directory, "run.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
}
