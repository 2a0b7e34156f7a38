namespace AsFT.Web.Tests;

/// <summary>Texts whose labels can be told by single words.</summary>
internal static class LabelledTexts
{
    private static readonly string[][] Words = [["rage", "furious"], ["smile", "happy"], ["dread", "scared"]];
    private static readonly string[] Filling = ["the", "day", "was", "long", "we", "went", "home", "again", "and", "so"];

    /// <summary>CSV with the labels anger, joy and fear. Each holds in two of five texts, and one of its two words tells it; every text has filling words, and some no label.</summary>
    public static string Csv(int count, int seed)
    {
        var random = new Random(seed);
        return string.Join('\n', Enumerable.Range(0, count).Select(_ =>
        {
            var held = Words.Select(_ => random.Next(5) < 2).ToArray();
            var said = Words.Where((_, l) => held[l]).Select(w => w[random.Next(2)]).Concat(Enumerable.Range(0, 4).Select(_ => Filling[random.Next(Filling.Length)])).ToArray();
            random.Shuffle(said);
            return $"{string.Join(' ', said)},{string.Join(',', held.Select(h => h ? 1 : 0))}";
        }).Prepend("text,anger,joy,fear")) + "\n";
    }
}
