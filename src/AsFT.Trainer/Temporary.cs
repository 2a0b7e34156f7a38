using AsFT.Experiments.Text.Tokenizers;
namespace AsFT.Experiments.Statistics
{
    public static class StratifiedSplit { public static (int[] Train, int[] Dev) Of(IReadOnlyList<bool[]> l, double share, int seed) { var o = Enumerable.Range(0, l.Count).ToArray(); new Random(seed).Shuffle(o); var n = (int)(share * o.Length); return (o[n..], o[..n]); } }
    public sealed record LabelScores(int Support, double Precision, double Recall, double F1) {
        public static IReadOnlyList<LabelScores> Of(IReadOnlyList<bool[]> y, IReadOnlyList<bool[]> p) => [.. Enumerable.Range(0, y[0].Length).Select(l => { int tp = y.Zip(p).Count(x => x.First[l] && x.Second[l]), pp = p.Count(x => x[l]), s = y.Count(x => x[l]); return new LabelScores(s, pp == 0 ? 0 : (double)tp / pp, s == 0 ? 0 : (double)tp / s, pp + s == 0 ? 0 : 2.0 * tp / (pp + s)); })]; }
    public static class Thresholds { public static IReadOnlyList<double> Best(float[][] p, IReadOnlyList<bool[]> y) => [.. y[0].Select(_ => 0.5)]; }
    public sealed record MultiLabelMetrics(double F1Macro, double F1Micro, double Jaccard) { public static MultiLabelMetrics Of(IReadOnlyList<bool[]> y, IReadOnlyList<bool[]> p) { bool[,] A(IReadOnlyList<bool[]> x) { var r = new bool[x.Count, x[0].Length]; for (int i = 0; i < x.Count; i++) for (int j = 0; j < x[0].Length; j++) r[i, j] = x[i][j]; return r; } var m = AsFT.Training.Judging.MultiLabelMetrics.Of(A(y), A(p)); return new(m.F1Macro, m.F1Micro, m.Jaccard); } }
}
namespace AsFT.Experiments.Text
{
    public static class WordPieceTraining { public static void Write(string dir, IEnumerable<string> texts, int size) { Directory.CreateDirectory(dir); var c = new Dictionary<string,int>(); var chars = new HashSet<string>(); foreach (var t in texts) foreach (var w in t.ToLowerInvariant().Split(' ', '\t', '.', ',', '!', '?', '#', '@', '\'', '"')) { if (w.Length > 0) c[w] = c.GetValueOrDefault(w) + 1; foreach (var ch in w) if (!char.IsSurrogate(ch)) { chars.Add(ch.ToString()); chars.Add("##" + ch); } } File.WriteAllLines(Path.Combine(dir, "vocab.txt"), new[] { "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]" }.Concat(chars.Take(1500)).Concat(c.OrderByDescending(x => x.Value).Select(x => x.Key)).Distinct().Take(size)); } }
}
