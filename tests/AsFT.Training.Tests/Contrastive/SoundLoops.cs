using AsFT.Experiments.Specification;
using AsFT.Training.Contrastive;

namespace AsFT.Training.Tests.Contrastive;

/// <summary>The sound form once more, as plainly as it can be written: the reference.</summary>
internal static class SoundLoops
{
    public static double Of(LossKind kind, ContrastiveInput batch, double tau)
    {
        var (x, y) = (Rows(batch.Sentences), Rows(batch.Targets));
        double[] Column(int a) => [.. y.Select(row => row[a])];
        return tau / 0.07 * kind switch
        {
            LossKind.Scl => Mean(x, (i, j) => y[i].SequenceEqual(y[j]) ? 1 : 0, tau) ?? 0,
            LossKind.Jscl => Mean(x, (i, j) => Jaccard(y[i], y[j]), tau) ?? 0,
            LossKind.Jspcl => Mean(Rows(batch.Logits.sigmoid()), (i, j) => Jaccard(y[i], y[j]), tau) ?? 0,
            LossKind.Slcl => Enumerable.Range(0, y[0].Length).Average(a => Mean(x, (i, j) => Column(a)[i] * Column(a)[j], tau)) / y.Length ?? 0,
            LossKind.Icl => Enumerable.Range(0, y.Length).Average(i => Mean(Rows(batch.LabelTokens[i]), (a, c) => y[i][a] * y[i][c], tau)) / y[0].Length ?? 0,
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
    }

    /// <summary>Mean over the anchors with a positive of their weighted mean of −log p; null where there is none.</summary>
    private static double? Mean(double[][] x, Func<int, int, double> positive, double tau)
    {
        var u = x.Select(v => v.Select(e => e / Math.Sqrt(v.Sum(w => w * w))).ToArray()).ToArray();
        double? Anchor(int i)
        {
            var others = Enumerable.Range(0, x.Length).Where(j => j != i).ToList();
            double Similarity(int j) => u[i].Zip(u[j], (a, b) => a * b).Sum() / tau;
            var weight = others.Sum(j => positive(i, j));
            return weight == 0 ? null : -others.Sum(j => positive(i, j) * (Similarity(j) - Math.Log(others.Sum(k => Math.Exp(Similarity(k)))))) / weight;
        }
        return Enumerable.Range(0, x.Length).Average(Anchor); // Average leaves out what is null
    }

    private static double Jaccard(double[] a, double[] b)
    {
        var either = a.Zip(b, Math.Max).Sum();
        return either == 0 ? 0 : a.Zip(b, Math.Min).Sum() / either;
    }

    private static double[][] Rows(Tensor t) => [.. Enumerable.Range(0, (int)t.shape[0]).Select(i => t[i].detach().to(ScalarType.Float64).data<double>().ToArray())];
}
