using static AsFT.Training.Tests.Trainer.Asft;

namespace AsFT.Training.Tests.Trainer;

public sealed class LabBuildTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("asft-lab-");

    public void Dispose() => folder.Delete(recursive: true);

    /// <summary>Another machine makes other weights of the same seeds, so what is there stays; the datasets come out byte for byte.</summary>
    [Fact]
    public async Task Build_WhereTheModelsAre_KeepsThemAndWritesTheShippedDatasets()
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(SmallTournament.Lab, "models"), "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(folder.FullName, "models", Path.GetRelativePath(Path.Combine(SmallTournament.Lab, "models"), file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
        var (exit, _, errors) = await RunAsync("lab", "build", folder.FullName, "--world", "v0");
        Assert.True(exit == 0, errors);
        Assert.Contains("lab-base is there already and is kept", errors);
        Assert.Contains("lab-aligned is there already and is kept", errors);
        foreach (var part in new[] { "models", "datasets" })
            foreach (var file in Directory.EnumerateFiles(Path.Combine(SmallTournament.Lab, part), "*", SearchOption.AllDirectories))
                Assert.Equal(await File.ReadAllBytesAsync(file), await File.ReadAllBytesAsync(Path.Combine(folder.FullName, part, Path.GetRelativePath(Path.Combine(SmallTournament.Lab, part), file))));
    }
}
