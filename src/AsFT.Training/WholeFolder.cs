namespace AsFT.Training;

/// <summary>A folder that is there whole or not at all.</summary>
public static class WholeFolder
{
    /// <summary>Lets a folder be written beside its place and moves it there, over what an earlier write left.</summary>
    /// <param name="write">given the folder beside, which is empty</param>
    public static void Write(string directory, Action<string> write)
    {
        var aside = Path.TrimEndingDirectorySeparator(directory) + ".writing";
        if (Directory.Exists(aside)) Directory.Delete(aside, recursive: true);
        Directory.CreateDirectory(aside);
        write(aside);
        if (Directory.Exists(directory)) Directory.Delete(directory, recursive: true);
        Directory.Move(aside, directory);
    }
}
