namespace AsFT.Experiments.Search;

/// <summary>
/// The generator SplitMix64 (Steele, Lea and Flood 2014). Written out, so that a sweep which goes on after an upgrade of the
/// runtime draws what it would have drawn.
/// </summary>
internal sealed class SplitMix(int seed, int trial)
{
    private ulong state = ((ulong)(uint)seed << 32) ^ (uint)trial;

    /// <summary>Uniform in [0, 1).</summary>
    public double Uniform() => (Next() >> 11) * (1.0 / (1UL << 53));

    public double Between(double low, double high) => low + (high - low) * Uniform();

    /// <summary>Standard normal, by Box and Muller 1958.</summary>
    public double Normal() => Math.Sqrt(-2 * Math.Log(1 - Uniform())) * Math.Cos(2 * Math.PI * Uniform());

    private ulong Next()
    {
        var z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
