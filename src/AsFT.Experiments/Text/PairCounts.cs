namespace AsFT.Experiments.Text;

/// <summary>
/// How often two pieces stand side by side in a list of words, kept up to date while pairs are merged: a merge looks only
/// at the words that hold the pair.
/// </summary>
internal sealed class PairCounts
{
    private readonly List<(List<int> Pieces, int Count)> words;
    private readonly Dictionary<(int Left, int Right), (long Count, HashSet<int> Words)> pairs = [];
    private readonly PriorityQueue<(int Left, int Right), (long, int, int)> queue = new();

    /// <param name="words">the pieces of each word, and how often the word occurs</param>
    public PairCounts(IEnumerable<(List<int> Pieces, int Count)> words)
    {
        this.words = [.. words];
        for (var word = 0; word < this.words.Count; word++) Count(word, 1);
        foreach (var pair in pairs.Keys) Enqueue(pair);
    }

    /// <summary>Of pairs that are as frequent, the one whose pieces came first; null where none occurs twice.</summary>
    public (int Left, int Right)? MostFrequent()
    {
        while (queue.TryDequeue(out var pair, out var priority))
        {
            var count = pairs.GetValueOrDefault(pair).Count;
            if (count < 2) continue;
            if (count == -priority.Item1) return pair;
            Enqueue(pair); // it has become rarer since it was queued
        }
        return null;
    }

    public void Merge(int left, int right, int merged)
    {
        if (!pairs.TryGetValue((left, right), out var known)) return;
        var touched = new HashSet<(int, int)>();
        foreach (var word in known.Words.ToList())
        {
            Count(word, -1);
            var pieces = words[word].Pieces;
            for (var i = 0; i + 1 < pieces.Count; i++)
            {
                if (pieces[i] != left || pieces[i + 1] != right) continue;
                pieces[i] = merged;
                pieces.RemoveAt(i + 1);
            }
            Count(word, 1);
            for (var i = 1; i < pieces.Count; i++) touched.Add((pieces[i - 1], pieces[i]));
        }
        foreach (var pair in touched.Where(p => p.Item1 == merged || p.Item2 == merged)) Enqueue(pair);
    }

    private void Count(int word, int sign)
    {
        var (pieces, count) = words[word];
        for (var i = 1; i < pieces.Count; i++)
        {
            var pair = (pieces[i - 1], pieces[i]);
            var (total, holders) = pairs.TryGetValue(pair, out var known) ? known : (0, []);
            if (sign > 0) holders.Add(word);
            else holders.Remove(word);
            pairs[pair] = (total + sign * count, holders);
        }
    }

    private void Enqueue((int Left, int Right) pair) => queue.Enqueue(pair, (-pairs[pair].Count, pair.Left, pair.Right));
}
