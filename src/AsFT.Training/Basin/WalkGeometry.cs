using AsFT.Experiments.Events;
using AsFT.Experiments.Specification;
using AsFT.Training.Lora;
using TorchSharp;
using static TorchSharp.torch;

namespace AsFT.Training.Basin;

/// <summary>A snapshot of a run: its low-rank updates by module.</summary>
public sealed record Snapshot(int Step, IReadOnlyDictionary<string, LoraUpdate> Updates);

/// <summary>
/// How directions lie to one another and to a run's snapshots, from inner products that are summed matrix by matrix: only one matrix of
/// each direction is in memory.
/// </summary>
public sealed class WalkGeometry
{
    private readonly IReadOnlyList<Walk> walks;
    private readonly IReadOnlyList<Snapshot> snapshots;
    private readonly double[,] plain, scaled; // ⟨d_i, d_j⟩ over all matrices, as they are and scaled
    private readonly double[,] along; // ⟨ΔW_t, d_i⟩ with d_i scaled
    private readonly double[] lengths; // ‖ΔW_t‖²
    private readonly int[] moved;
    private readonly Dictionary<(int, int), Dictionary<string, double>> cosines = [];
    private double theta; // ‖θ‖²
    private int matrices;

    private WalkGeometry(IReadOnlyList<Walk> walks, IReadOnlyList<Snapshot> snapshots)
    {
        (this.walks, this.snapshots) = (walks, snapshots);
        (plain, scaled) = (new double[walks.Count, walks.Count], new double[walks.Count, walks.Count]);
        (along, lengths, moved) = (new double[snapshots.Count, walks.Count], new double[snapshots.Count], new int[walks.Count]);
        for (var i = 0; i < walks.Count; i++)
            for (var j = i + 1; j < walks.Count; j++) cosines[(i, j)] = [];
    }

    public static WalkGeometry Of(IReadOnlyDictionary<string, Tensor> origin, IReadOnlyList<Walk> walks, IReadOnlyList<Snapshot> snapshots, CancellationToken cancel = default)
    {
        var geometry = new WalkGeometry(walks, snapshots);
        foreach (var (name, weight) in origin)
        {
            cancel.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            using var frozen = no_grad();
            geometry.Add(name, weight);
        }
        return geometry;
    }

    private void Add(string name, Tensor weight)
    {
        var parts = walks.Select(w => w.Part(name, weight)).ToList();
        var scales = parts.Select(p => p is null ? 0 : Surroundings.Scale(weight, p)).ToList();
        (theta, matrices) = (theta + Surroundings.Inner(weight, weight), matrices + 1);
        for (var i = 0; i < parts.Count; i++)
        {
            if (scales[i] > 0) moved[i]++;
            for (var j = i; j < parts.Count; j++)
            {
                if (scales[i] == 0 || scales[j] == 0) continue;
                var inner = Surroundings.Inner(parts[i]!, parts[j]!);
                plain[i, j] = plain[j, i] += inner;
                scaled[i, j] = scaled[j, i] += inner * scales[i] * scales[j];
                if (i < j) cosines[(i, j)][name] = inner / (Surroundings.Norm(parts[i]!) * Surroundings.Norm(parts[j]!));
            }
        }
        for (var t = 0; t < snapshots.Count; t++)
        {
            if (Walk.LowRank(snapshots[t].Updates, name, weight) is not { } update) continue;
            lengths[t] += Surroundings.Inner(update, update);
            for (var i = 0; i < parts.Count; i++)
                if (scales[i] > 0) along[t, i] += Surroundings.Inner(update, parts[i]!) * scales[i];
        }
    }

    public IReadOnlyList<WalkFacts> Walks => [.. walks.Select((w, i) => new WalkFacts(w.Direction.Name(), moved[i], matrices, Math.Sqrt(plain[i, i] / theta), Math.Sqrt(scaled[i, i] / theta)))];

    public IReadOnlyList<WalkAngle> Angles => [.. cosines.Select(c => new WalkAngle(walks[c.Key.Item1].Direction.Name(), walks[c.Key.Item2].Direction.Name(),
        Cosine(plain, c.Key.Item1, c.Key.Item2), Cosine(scaled, c.Key.Item1, c.Key.Item2), c.Value))];

    /// <summary>
    /// Each snapshot's place in the plane of two scaled directions by least squares: with G_ij = ⟨d_i, d_j⟩ and r_i = ⟨ΔW, d_i⟩, (α, β) solves G (α, β)ᵀ = r,
    /// and (α r₁ + β r₂)/‖ΔW‖² of the squared length lies in the plane. Null where the two directions are one.
    /// </summary>
    public IReadOnlyList<PathPoint>? Path(WalkDirection first, WalkDirection second)
    {
        var (i, j) = (Place(first), Place(second));
        var determinant = scaled[i, i] * scaled[j, j] - scaled[i, j] * scaled[i, j];
        if (determinant <= 1e-9 * scaled[i, i] * scaled[j, j]) return null;
        return [.. snapshots.Select((s, t) =>
        {
            var (r1, r2) = (along[t, i], along[t, j]);
            var alpha = (scaled[j, j] * r1 - scaled[i, j] * r2) / determinant;
            var beta = (scaled[i, i] * r2 - scaled[i, j] * r1) / determinant;
            return new PathPoint(s.Step, alpha, beta, Math.Sqrt(lengths[t]), lengths[t] == 0 ? 1 : (alpha * r1 + beta * r2) / lengths[t]);
        })];
    }

    private int Place(WalkDirection direction) => walks.TakeWhile(w => w.Direction != direction).Count();

    private static double Cosine(double[,] products, int i, int j) => products[i, i] * products[j, j] == 0 ? 0 : products[i, j] / Math.Sqrt(products[i, i] * products[j, j]);
}
