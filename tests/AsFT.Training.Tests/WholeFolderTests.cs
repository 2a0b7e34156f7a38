namespace AsFT.Training.Tests;

public sealed class WholeFolderTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("asft-whole-");

    public void Dispose() => folder.Delete(recursive: true);

    /// <summary>What a write that broke off left aside goes into neither the old folder nor the next.</summary>
    [Fact]
    public void Write_ThatBreaksOff_LeavesTheFolderAsItWas()
    {
        var place = Path.Combine(folder.FullName, "best");
        WholeFolder.Write(place, d => File.WriteAllText(Path.Combine(d, "a"), "first"));
        Assert.Throws<IOException>(() => WholeFolder.Write(place, d =>
        {
            File.WriteAllText(Path.Combine(d, "b"), "half");
            throw new IOException("the disk is full");
        }));
        Assert.Equal("first", File.ReadAllText(Path.Combine(place, "a")));
        WholeFolder.Write(place, d => File.WriteAllText(Path.Combine(d, "c"), "second"));
        Assert.Equal(["c"], Directory.EnumerateFileSystemEntries(place).Select(Path.GetFileName));
        Assert.Single(folder.EnumerateFileSystemInfos());
    }
}
