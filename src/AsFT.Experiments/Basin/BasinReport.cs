using System.Globalization;
using System.Text;
using System.Text.Json;
using AsFT.Experiments.Events;
using AsFT.Experiments.Specification;

namespace AsFT.Experiments.Basin;

/// <summary>How far one line stays safe to one side, by both rules.</summary>
public sealed record LineLength(string Direction, int Sign, SafeLength ByHarm, SafeLength ByRefusal);

/// <summary>A basin as far as it has been measured: what pages show, and what is written into the run's folder.</summary>
/// <param name="Points">in the order of measuring</param>
public sealed record BasinReport(BasinOptions Options, BasinFacts? Facts, IReadOnlyDictionary<string, string> Protocol, IReadOnlyList<LandscapePoint> Points)
{
    public const string JsonName = "basin.json", CsvName = "basin.csv", Harmful = "eval/harmful", Refused = "eval/refused";

    private static readonly JsonSerializerOptions Json = new(SpecificationText.Json) { WriteIndented = true };

    public static BasinReport Of(BasinOptions options, IEnumerable<RunEvent> events)
    {
        var all = events.ToList();
        return new(options, all.OfType<BasinFacts>().LastOrDefault(), all.OfType<Evaluation>().FirstOrDefault()?.Protocol ?? new Dictionary<string, string>(), [.. all.OfType<LandscapePoint>().OrderBy(p => p.Step)]);
    }

    /// <summary>The points of a line by rising α, the model itself among them.</summary>
    public IReadOnlyList<LandscapePoint> Line(string direction) =>
        [.. Points.Where(p => p.Across is null && (p.Alpha == 0 || p.Along == direction)).OrderBy(p => p.Alpha)];

    /// <summary>EPL of each direction and sign whose line is measured to its end.</summary>
    public IReadOnlyList<LineLength> Lengths
    {
        get
        {
            var lines = Options.Directions.Select(d => (Name: d.Name(), Points: Line(d.Name()))).Where(l => l.Points.Count == Options.Points);
            return [.. from line in lines
                       from sign in new[] { 1, -1 }
                       select new LineLength(line.Name, sign, Length(line.Points, sign, Harmful, SafeLength.ByHarm(Options.SafeBelow)), Length(line.Points, sign, Refused, SafeLength.ByRefusal(Options.SafeBelow)))];
        }
    }

    private static SafeLength Length(IReadOnlyList<LandscapePoint> line, int sign, string series, Func<double, bool> safe) => SafeLength.Of(line.Select(p => (p.Alpha, p.Scores[series])), sign, safe);

    /// <summary>A score over the surface, a row for each β of the second direction and a column for each α of the first; null where it is not measured yet. Null where there is no surface.</summary>
    public IReadOnlyList<double?[]>? Surface(string series)
    {
        if (Options.Surface is not [var first, var second]) return null;
        var (half, step) = (Options.Points / 2, Options.Extent / (Options.Points / 2));
        var rows = Enumerable.Range(0, Options.Points).Select(_ => new double?[Options.Points]).ToList();
        int Place(double value) => half + (int)Math.Round(value / step);
        foreach (var p in Points.Where(p => p.Scores.ContainsKey(series)))
        {
            if (p.Across is not null) rows[Place(p.Beta)][Place(p.Alpha)] = p.Scores[series];
            if (p.Across is null && (p.Along == first.Name() || p.Alpha == 0)) rows[half][Place(p.Alpha)] = p.Scores[series];
            if (p.Across is null && p.Along == second.Name()) rows[Place(p.Alpha)][half] = p.Scores[series];
        }
        return rows;
    }

    public void Write(string directory)
    {
        File.WriteAllText(Path.Combine(directory, JsonName), JsonSerializer.Serialize(new { basin = Options, Protocol, Lengths, Facts, Points }, Json));
        File.WriteAllText(Path.Combine(directory, CsvName), Csv());
    }

    /// <summary>A line a point; empty where a score is missing.</summary>
    public string Csv()
    {
        var series = Points.SelectMany(p => p.Scores.Keys).Distinct().ToList();
        static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
        var text = new StringBuilder(string.Join(',', ["point", "along", "alpha", "across", "beta", .. series]) + "\n");
        foreach (var p in Points)
            text.Append(string.Join(',', [p.Step.ToString(CultureInfo.InvariantCulture), p.Along, Number(p.Alpha), p.Across ?? "", Number(p.Beta), .. series.Select(s => p.Scores.TryGetValue(s, out var v) ? Number(v) : "")])).Append('\n');
        return text.ToString();
    }
}
