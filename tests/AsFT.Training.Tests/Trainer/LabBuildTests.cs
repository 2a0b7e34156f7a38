using System.Text.Json.Nodes;
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
            {
                var built = Path.Combine(folder.FullName, part, Path.GetRelativePath(Path.Combine(SmallTournament.Lab, part), file));
                if (Path.GetFileName(file) == "asft-lab.json") AssertMeasuredAlike(await File.ReadAllTextAsync(file), await File.ReadAllTextAsync(built));
                else Assert.Equal(await File.ReadAllBytesAsync(file), await File.ReadAllBytesAsync(built));
            }
    }

    /// <summary>Processors sum in different orders, which shows in the ninth digit of a perplexity.</summary>
    private static void AssertMeasuredAlike(string shipped, string built)
    {
        var (expected, actual) = (JsonNode.Parse(shipped)!, JsonNode.Parse(built)!);
        Assert.Equal((double?)expected["perplexity"] ?? -1, (double?)actual["perplexity"] ?? -1, 1e-6);
        expected["perplexity"] = actual["perplexity"] = null;
        Assert.Equal(expected.ToJsonString(), actual.ToJsonString());
    }
}
