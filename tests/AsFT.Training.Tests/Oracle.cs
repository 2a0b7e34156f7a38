using System.Text.Json.Nodes;
using AsFT.Training.Models;

namespace AsFT.Training.Tests;

/// <summary>The golden data beside the tests, and comparison with it.</summary>
internal static class Oracle
{
    public static string Repository { get; } = FindRepository();

    /// <summary>Where the golden data lies: beside the tests, or where ASFT_GOLDEN says.</summary>
    private static string Root { get; } = Environment.GetEnvironmentVariable("ASFT_GOLDEN") is { Length: > 0 } other ? other : Path.Combine(Repository, "tests", "AsFT.Training.Tests", "Golden");

    public static string At(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>The cases of a folder that hold a given file, so that further ones can be dropped in.</summary>
    public static IEnumerable<string> Folders(string topic, string holding) =>
        Directory.EnumerateDirectories(At(topic)).Where(d => File.Exists(Path.Combine(d, holding))).Select(d => Path.GetFileName(d)!).Order();

    public static JsonNode Case(params string[] parts) => JsonNode.Parse(File.ReadAllText(Path.Combine(At(parts), "case.json")))!;
    public static Dictionary<string, Tensor> Tensors(params string[] parts) => SafetensorsFile.Read(At(parts));

    /// <summary>The folder of shared material beside a checkout, where there is one.</summary>
    public static string? Shared(params string[] parts) =>
        Path.Combine([Repository, "..", "shared", .. parts]) is var path && Path.Exists(path) ? path : null;

    public static double LargestDifference(Tensor a, Tensor b) => (a.to(ScalarType.Float64) - b.to(ScalarType.Float64)).abs().max().ToDouble();

    public static void Close(Tensor expected, Tensor actual, double tolerance)
    {
        Assert.Equal(expected.shape, actual.shape);
        var difference = LargestDifference(expected, actual);
        Assert.True(difference <= tolerance, $"the largest difference is {difference}, more than {tolerance}");
    }

    private static string FindRepository()
    {
        for (var d = new DirectoryInfo(AppContext.BaseDirectory); ; d = d.Parent!)
            if (File.Exists(Path.Combine(d.FullName, "AsFT.Web.sln"))) return d.FullName;
    }
}
