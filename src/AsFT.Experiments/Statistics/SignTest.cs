namespace AsFT.Experiments.Statistics;

/// <summary>Exact two-sided sign test: how likely is a split this uneven or more where either side wins with probability ½. Ties are left out.</summary>
public static class SignTest
{
    public static double P(int wins, int losses)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(wins);
        ArgumentOutOfRangeException.ThrowIfNegative(losses);
        var n = wins + losses;
        var (logChoose, tail) = (0.0, 0.0); // log of n over k
        for (var k = 0; k <= Math.Min(wins, losses); k++)
        {
            tail += Math.Exp(logChoose - n * Math.Log(2));
            logChoose += Math.Log(n - k) - Math.Log(k + 1);
        }
        return Math.Min(1, 2 * tail);
    }
}
