using AsFT.Experiments.Specification;

namespace AsFT.Experiments.Basin;

/// <summary>A point of a basin, θ + α d₁ + β d₂: on a line where <see cref="Across"/> is null, on the surface otherwise.</summary>
/// <param name="Step">its number, from 1 in the order of measuring</param>
public sealed record GridPoint(int Step, WalkDirection Along, double Alpha, WalkDirection? Across = null, double Beta = 0);

/// <summary>
/// All points of a basin, each model once: the origin, then line after line from the middle outwards with both signs in turn, then
/// what of the surface lies on no line, nearest first, so that a picture that is not complete shows the middle. One line's direction is
/// needed at a time, or the two of the surface: a large model has no room for more.
/// </summary>
public static class BasinGrid
{
    /// <summary>−extent … +extent in equal steps, with an exact 0 in the middle.</summary>
    public static IReadOnlyList<double> Values(BasinOptions options)
    {
        var half = options.Points / 2;
        return [.. Enumerable.Range(-half, options.Points).Select(i => At(options, i))];
    }

    /// <summary>The origin is written as a point of the first line.</summary>
    public static IReadOnlyList<GridPoint> Points(BasinOptions options)
    {
        var half = options.Points / 2;
        var lines = options.Directions.SelectMany(d => Enumerable.Range(1, half).SelectMany(i => new[] { i, -i }).Select(i => new GridPoint(0, d, At(options, i))));
        var off = Enumerable.Range(-half, options.Points).Where(i => i != 0).ToList();
        var surface = options.Surface is not [var along, var across] ? [] : off.SelectMany(i => off.Select(j => (i, j))).OrderBy(p => p.i * p.i + p.j * p.j)
            .Select(p => new GridPoint(0, along, At(options, p.i), across, At(options, p.j)));
        return [.. lines.Prepend(new(0, options.Directions[0], 0)).Concat(surface).Select((p, i) => p with { Step = i + 1 })];
    }

    /// <summary>How many points there are, without making them.</summary>
    public static int Count(BasinOptions o) => 1 + o.Directions.Count * (o.Points - 1) + (o.Surface.Count == 2 ? (o.Points - 1) * (o.Points - 1) : 0);

    private static double At(BasinOptions options, int i) => options.Extent * i / (options.Points / 2);
}
