namespace AsFT.Experiments.Statistics;

    public sealed record LabelScores(int Support, double Precision, double Recall, double F1) {
        public static IReadOnlyList<LabelScores> Of(IReadOnlyList<bool[]> y, IReadOnlyList<bool[]> p) => [.. Enumerable.Range(0, y[0].Length).Select(l => { int tp = y.Zip(p).Count(x => x.First[l] && x.Second[l]), pp = p.Count(x => x[l]), s = y.Count(x => x[l]); return new LabelScores(s, pp == 0 ? 0 : (double)tp / pp, s == 0 ? 0 : (double)tp / s, pp + s == 0 ? 0 : 2.0 * tp / (pp + s)); })]; }
    public static class Thresholds { public static IReadOnlyList<double> Best(float[][] p, IReadOnlyList<bool[]> y) => [.. y[0].Select(_ => 0.5)]; }
    public sealed record MultiLabelMetrics(double F1Macro, double F1Micro, double Jaccard) { public static MultiLabelMetrics Of(IReadOnlyList<bool[]> y, IReadOnlyList<bool[]> p) { bool[,] A(IReadOnlyList<bool[]> x) { var r = new bool[x.Count, x[0].Length]; for (int i = 0; i < x.Count; i++) for (int j = 0; j < x[0].Length; j++) r[i, j] = x[i][j]; return r; } var m = AsFT.Training.Judging.MultiLabelMetrics.Of(A(y), A(p)); return new(m.F1Macro, m.F1Micro, m.Jaccard); } }
