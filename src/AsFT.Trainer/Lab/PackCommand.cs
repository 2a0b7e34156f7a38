using System.IO.Compression;

namespace AsFT.Trainer.Lab;

/// <summary>Puts a tournament's folder, and runs beside it, into the archive that the site opens: tournament.yaml, runs/ and others/.</summary>
internal static class PackCommand
{
    private static readonly string[] Never = ["checkpoints", "datasets", "directions", "run.lock"], Answers = ["answers"], Weights = ["adapter", "best", "model", "snapshots"];

    /// <param name="tournament">its folder</param>
    /// <param name="beside">folders of runs that belong to no cell, each named by its id</param>
    /// <returns>0 done, 2 something is not there</returns>
    public static int Execute(string tournament, IReadOnlyList<string> beside, bool answers, bool weights, string output)
    {
        var missing = beside.Where(b => !File.Exists(Path.Combine(b, "events.jsonl"))).Select(b => $"{b} holds no events.jsonl").ToList();
        if (!File.Exists(Path.Combine(tournament, "tournament.yaml"))) missing.Insert(0, $"{tournament} holds no tournament.yaml");
        foreach (var problem in missing) Console.Error.WriteLine(problem);
        if (missing.Count > 0) return 2;

        string[] left = [.. Never, .. answers ? [] : Answers, .. weights ? [] : Weights];
        using var archive = new ZipArchive(new FileStream(output, FileMode.Create), ZipArchiveMode.Create);
        archive.CreateEntryFromFile(Path.Combine(tournament, "tournament.yaml"), "tournament.yaml", CompressionLevel.SmallestSize);
        foreach (var run in Directory.EnumerateDirectories(Path.Combine(tournament, "runs")).Order(StringComparer.Ordinal)) Add(archive, run, "runs", left);
        foreach (var run in beside) Add(archive, Path.TrimEndingDirectorySeparator(run), "others", left);
        return 0;
    }

    private static void Add(ZipArchive archive, string run, string under, string[] left)
    {
        foreach (var file in Directory.EnumerateFiles(run, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var own = Path.GetRelativePath(run, file).Replace('\\', '/');
            if (!left.Contains(own.Split('/')[0])) archive.CreateEntryFromFile(file, $"{under}/{Path.GetFileName(run)}/{own}", CompressionLevel.SmallestSize);
        }
    }
}
