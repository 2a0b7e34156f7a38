using AsFT.Experiments.Lab;
using AsFT.Experiments.Reports;
using AsFT.Experiments.Specification;

namespace AsFT.Trainer.Lab;

/// <summary>Writes what stored tournaments and basins say.</summary>
internal static class ReportCommand
{
    /// <returns>0 done, 2 something is not there</returns>
    public static int Execute(IReadOnlyList<string> tournaments, IReadOnlyList<string> basins, string? lab, string? preface, string? closing, string output)
    {
        var missing = tournaments.Where(t => !File.Exists(Path.Combine(t, "tournament.yaml"))).Select(t => $"{t} holds no tournament.yaml")
            .Concat(basins.Where(b => !File.Exists(Path.Combine(b, "events.jsonl"))).Select(b => $"{b} holds no events.jsonl"))
            .Concat(new[] { preface, closing }.OfType<string>().Where(f => !File.Exists(f)).Select(f => $"there is no file '{f}'")).ToList();
        if (missing.Count > 0)
        {
            foreach (var problem in missing) Console.Error.WriteLine(problem);
            return 2;
        }
        try
        {
            new LabReport(output).Write(Text(preface, "# Report\n"), [.. Cards(lab)], tournaments, basins, Text(closing, ""));
            return 0;
        }
        catch (SpecificationException e)
        {
            foreach (var fault in e.Faults) Console.Error.WriteLine(fault);
            return 2;
        }
    }

    private static string Text(string? file, string otherwise) => file is null ? otherwise : File.ReadAllText(file);

    private static IEnumerable<(string, LabCard)> Cards(string? lab) => lab is null ? [] : Directory.EnumerateDirectories(Path.Combine(lab, "models")).Order(StringComparer.Ordinal)
        .Select(d => (Path.GetFileName(d), Card: LabCard.Read(d))).Where(m => m.Card is not null).Select(m => (m.Item1, m.Card!));
}
