namespace AsFT.Experiments.Specification;

/// <summary>Backdoor enhanced alignment (Wang et al. 2024, arXiv 2402.14968): the secret that switches safety on.</summary>
public static class BeaTrigger
{
    private const int Words = 15, Letters = 5;

    /// <summary>The trigger of the settings, or random words that the seed decides.</summary>
    public static string Of(BeaOptions options, int seed)
    {
        if (options.Trigger.Length > 0) return options.Trigger;
        var random = new Random(seed);
        return string.Join(' ', Enumerable.Range(0, Words).Select(_ => string.Concat(Enumerable.Range(0, Letters).Select(_ => (char)('a' + random.Next(26))))));
    }
}
