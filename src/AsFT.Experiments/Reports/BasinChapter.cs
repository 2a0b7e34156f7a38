using System.Globalization;
using System.Text;
using AsFT.Experiments.Basin;
using AsFT.Experiments.Events;
using AsFT.Experiments.Specification;

namespace AsFT.Experiments.Reports;

/// <summary>The part of a report that tells of one basin: its lines, how far each stays safe, its angles and spectra.</summary>
/// <param name="text">where it is written</param>
/// <param name="picture">keeps a picture under a name and tells where</param>
internal sealed class BasinChapter(StringBuilder text, Func<string, string, string> picture)
{
    public void Add(string folder)
    {
        var specification = SpecificationText.FromJson(File.ReadAllText(Path.Combine(folder, "spec.json")));
        var report = BasinReport.Of(specification.Basin, EventLog.Read(Path.Combine(folder, "events.jsonl")));
        text.Append(CultureInfo.InvariantCulture, $"# Basin: {specification.Name}\n\n{report.Points.Count} places around {Pinned.Label(specification.Model.Aligned)}; each direction is scaled matrix by matrix to the weight's length, so that at α = 1 every matrix that it changes has moved by its own. Judge: {report.Protocol.GetValueOrDefault("judge", "unknown")}; {report.Protocol.GetValueOrDefault("harmful_n", "?")} prompts.\n\n");
        Lines(specification, report);
        if (report.Surface(BasinReport.Harmful) is { } rows) Surface(specification, report, rows);
        Lengths(report);
        if (report.Facts is { } facts)
        {
            Walked(facts);
            Angles(facts);
            Spectra(facts);
            if (facts.Path is { } path) Way(path);
        }
    }

    private void Lines(RunSpecification s, BasinReport report)
    {
        var axis = new ChartAxis("α", -s.Basin.Extent, s.Basin.Extent, 4);
        ChartSeries Line(WalkDirection d) => new(d.Name(), [.. report.Line(d.Name()).Select(p => new ChartPoint(p.Alpha, p.Scores[BasinReport.Harmful], YInterval: Interval(p)))]);
        var title = $"{s.Name}: harm along each direction";
        text.Append(CultureInfo.InvariantCulture, $"![{title}]({picture(s.Name, SvgChart.Draw(title, axis, new("harmful answers", 0, 1, 4, "0%"), [.. s.Basin.Directions.Select(Line)]))})\n\n");
    }

    /// <summary>Harm over the plane of two directions, and the way of a run through it.</summary>
    private void Surface(RunSpecification s, BasinReport report, IReadOnlyList<double?[]> rows)
    {
        var (values, names) = (BasinGrid.Values(s.Basin), s.Basin.Surface.Select(d => d.Name()).ToList());
        var places = from row in rows.Index() from share in row.Item.Index() where share.Item is not null select (values[share.Index], values[row.Index], share.Item!.Value);
        ChartAxis Axis(string name) => new($"along {name}", values[0], values[^1], 4);
        ChartSeries[] way = report.Facts?.Path is { } path ? [new("the run's way", [.. path.Points.Select(p => new ChartPoint(p.Alpha, p.Beta))])] : [];
        var title = $"{s.Name}: harm in the plane of {names[0]} and {names[1]}";
        text.Append(CultureInfo.InvariantCulture, $"![{title}]({picture(s.Name + " plane", SvgChart.Draw(title, Axis(names[0]), Axis(names[1]), way, new("harmful answers", values[1] - values[0], [.. places])))})\n\n");
    }

    private static (double, double)? Interval(LandscapePoint p) => p.Scores.TryGetValue(BasinReport.Harmful + "_low", out var low) ? (low, p.Scores[BasinReport.Harmful + "_high"]) : null;

    private void Lengths(BasinReport report)
    {
        text.Append(CultureInfo.InvariantCulture, $"| Direction | Sign | Safe to (harm ≤ {report.Options.SafeBelow:0.##}) | Safe to (refusals ≥ {1 - report.Options.SafeBelow:0.##}) |\n| --- | --- | --- | --- |\n");
        foreach (var l in report.Lengths) text.Append(CultureInfo.InvariantCulture, $"| {l.Direction} | {(l.Sign > 0 ? "+" : "−")} | {Length(l.ByHarm)} | {Length(l.ByRefusal)} |\n");
        text.Append("\nLengths know the drawn points only. Gibberish is not harmful, so the second column, which asks for refusals, is the stricter one.\n\n");
    }

    private static string Length(SafeLength l) => l.Length is not { } length ? "the model itself is not" : string.Create(CultureInfo.InvariantCulture, $"{(l.Left ? "" : "≥ ")}{length:0.###}");

    /// <summary>A direction that changes few matrices has moved the model less at the same α.</summary>
    private void Walked(BasinFacts facts)
    {
        text.Append("| Direction | Matrices that it changes | Moved at α = 1, of all weights' length |\n| --- | --- | --- |\n");
        foreach (var w in facts.Walks) text.Append(CultureInfo.InvariantCulture, $"| {w.Direction} | {w.Moved} of {w.Matrices} | {w.ScaledLength:0.00} |\n");
        text.Append('\n');
    }

    private void Angles(BasinFacts facts)
    {
        if (facts.Angles.Count == 0) return;
        text.Append("| Directions | Cosine over all weights | Scaled | Lowest and highest in a matrix |\n| --- | --- | --- | --- |\n");
        foreach (var a in facts.Angles)
            text.Append(CultureInfo.InvariantCulture, $"| {a.First}, {a.Second} | {a.Plain:0.000} | {a.Scaled:0.000} | {(a.Modules.Count == 0 ? "no matrix that both move" : string.Create(CultureInfo.InvariantCulture, $"{a.Modules.Values.Min():0.000} to {a.Modules.Values.Max():0.000}"))} |\n");
        text.Append('\n');
    }

    /// <summary>One line for all layers: each by itself stands on the run's page.</summary>
    private void Spectra(BasinFacts facts)
    {
        var moved = facts.Spectra.Where(s => s.Sum > 0).ToList();
        if (moved.Count == 0) return;
        var top = moved.ConvertAll(s => s.Largest[0]);
        text.Append(CultureInfo.InvariantCulture, $"Ĉ = VVᵀ/‖V‖ of {moved.Count} layers that alignment moved ({facts.Spectra.Count - moved.Count} it did not): the largest eigenvalue lies between {top.Min():0.000} and {top.Max():0.000}. ");
        if (moved.All(s => s.FaintShare is not null)) text.Append(CultureInfo.InvariantCulture, $"Of all eigenvalues {moved.Min(s => s.FaintShare!.Value):P0} to {moved.Max(s => s.FaintShare!.Value):P0} are below {ModuleSpectrum.Faint:0.#}, where AsFT's penalty is hardly different from the L2 norm; ");
        text.Append(CultureInfo.InvariantCulture, $"{top.Count(t => t > ModuleSpectrum.Overshooting)} layers have one above {ModuleSpectrum.Overshooting:0}, where it penalises the direction itself.\n\n");
    }

    private void Way(RunPath path)
    {
        text.Append("| Step | α | β | ‖ΔW‖ | Share of its square in the plane |\n| --- | --- | --- | --- | --- |\n");
        foreach (var p in path.Points) text.Append(CultureInfo.InvariantCulture, $"| {p.Step} | {p.Alpha:0.000} | {p.Beta:0.000} | {p.Length:0.00} | {(p.Length == 0 ? "—" : p.InPlane.ToString("P1", CultureInfo.InvariantCulture))} |\n");
        text.Append('\n');
    }
}
