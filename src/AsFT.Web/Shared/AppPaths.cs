using System.Reflection;

namespace AsFT.Web.Shared;

/// <summary>Where things lie on disk.</summary>
public sealed class AppPaths
{
    public string Datasets { get; }
    public string Uploads { get; }
    public string Runs { get; }

    /// <summary>Alignment directions, by the hashes of both models. What is deleted here is computed again.</summary>
    public string Directions { get; }

    /// <summary>Classifiers that were made judges, each in a folder of its own.</summary>
    public string Judges { get; }

    public string Database { get; }

    /// <summary>What cookies are signed with.</summary>
    public string Keys { get; }

    /// <summary>The shipped models and datasets.</summary>
    public string Lab { get; }

    public AppPaths(IConfiguration configuration, IHostEnvironment environment)
    {
        string Make(string name) => Directory.CreateDirectory(Path.Combine(environment.ContentRootPath, configuration["Data:Directory"] ?? "data", name)).FullName;
        (Datasets, Uploads, Runs, Directions, Judges, Keys) = (Make("datasets"), Make("uploads"), Make("runs"), Make("directions"), Make("judges"), Make("keys"));
        Database = Path.Combine(Make(""), "asft.db");
        Lab = Path.Combine(environment.ContentRootPath, "lab");
    }

    public string Run(Guid id) => Path.Combine(Runs, id.ToString("N"));

    /// <summary>A file that goes when it is closed.</summary>
    public FileStream Temporary() => new(Path.Combine(Uploads, $"{Guid.NewGuid():N}.tmp"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 4096, FileOptions.DeleteOnClose | FileOptions.Asynchronous);

    /// <summary>The published folder, which holds its settings, or the folder of the solution.</summary>
    public static string ContentRoot()
    {
        var own = AppContext.BaseDirectory;
        if (File.Exists(Path.Combine(own, "appsettings.json"))) return own;
        for (var d = new DirectoryInfo(own); d is not null; d = d.Parent)
            if (File.Exists(Path.Combine(d.FullName, "AsFT.Web.sln"))) return d.FullName;
        return own;
    }

    /// <summary>The trainer's program: beside the published site, or where the build left it.</summary>
    public static string Trainer()
    {
        var built = typeof(AppPaths).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "Trainer").Value!;
        var name = OperatingSystem.IsWindows() ? "asft.exe" : "asft";
        var published = Path.Combine(AppContext.BaseDirectory, "trainer", name);
        return File.Exists(published) ? published : Path.Combine(built, name);
    }
}
