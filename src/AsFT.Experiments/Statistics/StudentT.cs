namespace AsFT.Experiments.Statistics;

/// <summary>Student's t distribution with a whole number of degrees of freedom.</summary>
public static class StudentT
{
    /// <summary>
    /// P(|T| ≤ t) for ν degrees of freedom (Abramowitz and Stegun 26.7.3 and 26.7.4), θ = atan(t/√ν):
    /// ν even: sin θ · (1 + ½cos²θ + (1·3)/(2·4)cos⁴θ + … to cos^(ν−2)θ);
    /// ν odd: 2/π · (θ + sin θ · (cos θ + ⅔cos³θ + (2·4)/(3·5)cos⁵θ + … to cos^(ν−2)θ)).
    /// </summary>
    public static double Within(double t, int freedom)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(freedom, 1);
        var theta = Math.Atan(Math.Abs(t) / Math.Sqrt(freedom));
        var (sine, cosine, odd) = (Math.Sin(theta), Math.Cos(theta), freedom % 2 == 1);
        var (term, sum) = (odd ? cosine : 1.0, 0.0);
        for (var power = odd ? 1 : 0; power <= freedom - 2; power += 2)
        {
            sum += term;
            term *= cosine * cosine * (power + 1) / (power + 2);
        }
        return odd ? 2 / Math.PI * (theta + sine * sum) : sine * sum;
    }

    /// <summary>The t with P(|T| ≤ t) = 0.95.</summary>
    public static double Critical(int freedom)
    {
        var (low, high) = (1.9, 13.0); // 1.96 for many degrees of freedom, 12.71 for one
        while (high - low > 1e-12) (low, high) = Within((low + high) / 2, freedom) < 0.95 ? ((low + high) / 2, high) : (low, (low + high) / 2);
        return (low + high) / 2;
    }
}
