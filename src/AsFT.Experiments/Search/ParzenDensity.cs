namespace AsFT.Experiments.Search;

/// <summary>
/// A density from the places of trials in one dimension (Bergstra et al. 2011, section 4.2). On a line: an even mixture of
/// normals cut off at the ends, one at each place and one as wide as the line in its middle, each as wide as the larger
/// distance to its neighbours. Of categories: how often each was taken, plus one.
/// </summary>
internal sealed class ParzenDensity
{
    private readonly double low, high;
    private readonly double[]? categories;
    private readonly (double Centre, double Width, double Mass)[] normals = [];

    public ParzenDensity(SearchDimension dimension, IEnumerable<double> places)
    {
        (low, high) = dimension.Line;
        if (dimension.Kind == DimensionKind.Values)
        {
            categories = new double[dimension.Values.Count];
            Array.Fill(categories, 1);
            foreach (var place in places) categories[(int)place]++;
            return;
        }
        var middle = (low + high) / 2;
        List<double> centres = [.. places.Append(middle).Order()];
        var prior = centres.IndexOf(middle);
        var narrowest = (high - low) / Math.Min(100, centres.Count);
        normals = [.. centres.Select((centre, i) =>
        {
            var gap = Math.Max(centre - (i == 0 ? low : centres[i - 1]), (i == centres.Count - 1 ? high : centres[i + 1]) - centre);
            var width = i == prior ? high - low : Math.Clamp(gap, narrowest, high - low);
            return (centre, width, Below((high - centre) / width) - Below((low - centre) / width));
        })];
    }

    public double Draw(SplitMix random)
    {
        if (categories is not null)
        {
            var rest = random.Uniform() * categories.Sum();
            for (var i = 0; i < categories.Length; i++)
                if ((rest -= categories[i]) < 0) return i;
            return categories.Length - 1;
        }
        var (centre, width, _) = normals[(int)(random.Uniform() * normals.Length)];
        for (;;) // at least a third of each normal lies on the line
            if (centre + width * random.Normal() is var x && x >= low && x <= high) return x;
    }

    public double At(double place) => categories is not null ? categories[(int)place] / categories.Sum()
        : normals.Average(n => Math.Exp(-0.5 * (place - n.Centre) * (place - n.Centre) / (n.Width * n.Width)) / (Math.Sqrt(2 * Math.PI) * n.Width * n.Mass));

    /// <summary>The standard normal's distribution function to 1.5e-7 (Abramowitz and Stegun 1964, 7.1.26).</summary>
    private static double Below(double x)
    {
        var z = Math.Abs(x) / Math.Sqrt(2);
        var t = 1 / (1 + 0.3275911 * z);
        var error = 1 - ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t * Math.Exp(-z * z);
        return x < 0 ? (1 - error) / 2 : (1 + error) / 2;
    }
}
