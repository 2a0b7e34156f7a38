namespace AsFT.Experiments.Tests;

/// <summary>A folder that goes with the test, and the places of the repository.</summary>
public abstract class Workplace : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("asft-test-");

    public static string Repository { get; } = Find();

    public static string? Shared(params string[] parts) => Path.Combine([Repository, "..", "shared", .. parts]) is var path && Path.Exists(path) ? path : null;

    protected string At(string name) => Path.Combine(folder.FullName, name);

    public void Dispose()
    {
        folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    private static string Find()
    {
        for (var d = new DirectoryInfo(AppContext.BaseDirectory); ; d = d.Parent!)
            if (File.Exists(Path.Combine(d.FullName, "AsFT.Web.sln"))) return d.FullName;
    }
}
