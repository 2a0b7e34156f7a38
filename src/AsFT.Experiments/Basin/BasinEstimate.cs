using AsFT.Experiments.Models;
using AsFT.Experiments.Specification;

namespace AsFT.Experiments.Basin;

/// <summary>What a basin will take, counted before it starts. Its steps are points, each an evaluation of its own; there are no epochs.</summary>
public static class BasinEstimate
{
    /// <param name="judges">what judges here on a model of its own</param>
    /// <param name="prompt">tokens of the longest prompt</param>
    public static RunEstimate Of(RunSpecification s, DecoderConfig c, IReadOnlyList<ModelConfig> judges, int prompt)
    {
        var points = BasinGrid.Count(s.Basin);
        return new([.. Terms(s, c, prompt), .. judges.Select(j => RunEstimate.Judge(s, j))], StepsPerEpoch: 0, points, points);
    }

    private static IEnumerable<MemoryTerm> Terms(RunSpecification s, DecoderConfig c, int prompt)
    {
        var (weights, size) = (c.ParameterCount, RunEstimate.Size(s.Training.Precision));
        var matrices = c.Parameters().Where(p => p.Shape.Length == 2).Sum(p => p.Shape[0] * p.Shape[1]);
        var held = s.Basin.Surface.Count == 2 ? 2 : 1;
        yield return new("Weights", weights * size, $"{weights:N0} parameters × {size} bytes");
        yield return new("The place that all points are counted from", matrices * size, $"a copy of the {matrices:N0} numbers of the weight matrices × {size} bytes");
        yield return new("Directions", held * matrices * size, $"{held} at a time × {matrices:N0} × {size} bytes");
        var largest = c.Parameters().Max(p => p.Shape.Aggregate(1L, (a, b) => a * b));
        yield return new("One matrix while directions are laid", 6 * largest * sizeof(double), $"6 × {largest:N0} numbers × 8 bytes");
        foreach (var term in RunEstimate.Answering(s, c, prompt)) yield return term;
        yield return new("The process itself", RunEstimate.Process, ".NET and libtorch, about");
    }
}
