namespace AsFT.Experiments.Statistics;

/// <summary>
/// Splits rows with label sets so that every label has its share on both sides: iterative stratification (Sechidis,
/// Tsoumakas and Vlahavas 2011, algorithm 1) for two parts. The label with the fewest rows left goes first; each of its
/// rows goes where most rows of that label are still wanted, then where most rows are. Rows without labels are a group of
/// their own, treated as a label. Beyond the paper: rows are moved afterwards where that brings the parts nearer to what is
/// asked, and a label with two rows or more keeps at least one in training.
/// </summary>
public static class IterativeStratification
{
    private const int MostPasses = 100;

    /// <summary>The numbers of the rows of each part, in ascending order; the same for the same seed.</summary>
    /// <param name="rows">each row's labels, numbered from 0, none of them twice</param>
    /// <param name="share">what part of the rows, and of each label's rows, goes into dev; between 0 and 1</param>
    public static (IReadOnlyList<int> Train, IReadOnlyList<int> Dev) Split(IReadOnlyList<IReadOnlyList<int>> rows, double share, int seed)
    {
        if (share is not (> 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(share), share, "The share of the development rows lies between 0 and 1.");
        var unlabelled = rows.SelectMany(r => r).DefaultIfEmpty(-1).Max() + 1;
        var labels = rows.Select(r => r.Count == 0 ? [unlabelled] : r).ToArray();
        var inDev = Assign(labels, unlabelled + 1, share, new Random(seed));
        Even(labels, unlabelled + 1, share, inDev);
        KeepInTraining(labels, unlabelled + 1, inDev);
        var all = Enumerable.Range(0, labels.Length).ToLookup(i => inDev[i]);
        return ([.. all[false]], [.. all[true]]);
    }

    private static bool[] Assign(IReadOnlyList<int>[] labels, int labelCount, double share, Random random)
    {
        var order = Enumerable.Range(0, labels.Length).ToArray();
        random.Shuffle(order);
        var rowsOf = new List<int>[labelCount];
        for (var l = 0; l < labelCount; l++) rowsOf[l] = [];
        foreach (var row in order) foreach (var l in labels[row]) rowsOf[l].Add(row);
        var left = rowsOf.Select(r => r.Count).ToArray();
        double[] dev = [.. left.Select(n => n * share)], train = [.. left.Select(n => n * (1 - share))];
        var (devRows, trainRows) = (labels.Length * share, labels.Length * (1 - share));

        var (inDev, placed) = (new bool[labels.Length], new bool[labels.Length]);
        while (Enumerable.Range(0, labelCount).Where(l => left[l] > 0).ToList() is { Count: > 0 } open)
        {
            var rarest = open.MinBy(l => left[l]);
            foreach (var row in rowsOf[rarest].Where(r => !placed[r]))
            {
                var wanted = dev[rarest].CompareTo(train[rarest]) is not 0 and var byLabel ? byLabel : devRows.CompareTo(trainRows);
                inDev[row] = wanted > 0 || wanted == 0 && random.Next(2) == 0;
                placed[row] = true;
                foreach (var l in labels[row])
                {
                    left[l]--;
                    (inDev[row] ? dev : train)[l]--;
                }
                if (inDev[row]) devRows--;
                else trainRows--;
            }
        }
        return inDev;
    }

    /// <summary>
    /// Moves single rows to the other part while that lessens the sum over labels, and over the number of rows itself, of
    /// (rows in dev − rows wanted there)²: the last labels of the greedy pass have what the first ones left.
    /// </summary>
    private static void Even(IReadOnlyList<int>[] labels, int labelCount, double share, bool[] inDev)
    {
        var excess = new double[labelCount + 1]; // the last counts all rows
        for (var row = 0; row < labels.Length; row++)
            foreach (var l in labels[row].Append(labelCount)) excess[l] += (inDev[row] ? 1 : 0) - share;
        for (var (pass, moved) = (0, true); moved && pass < MostPasses; pass++)
        {
            moved = false;
            for (var row = 0; row < labels.Length; row++)
            {
                var step = inDev[row] ? -1 : 1;
                if (labels[row].Append(labelCount).Sum(l => 2 * step * excess[l] + 1) > -1e-9) continue; // (e + s)² − e² = 2se + 1
                foreach (var l in labels[row].Append(labelCount)) excess[l] += step;
                (inDev[row], moved) = (!inDev[row], true);
            }
        }
    }

    private static void KeepInTraining(IReadOnlyList<int>[] labels, int labelCount, bool[] inDev)
    {
        var (total, training) = (new int[labelCount], new int[labelCount]);
        for (var row = 0; row < labels.Length; row++)
            foreach (var l in labels[row])
            {
                total[l]++;
                if (!inDev[row]) training[l]++;
            }
        for (var row = 0; row < labels.Length; row++)
        {
            if (!inDev[row] || !labels[row].Any(l => total[l] >= 2 && training[l] == 0)) continue;
            inDev[row] = false;
            foreach (var l in labels[row]) training[l]++;
        }
    }
}
