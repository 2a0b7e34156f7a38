using System.Text.Json.Nodes;

namespace AsFT.Experiments.Search;

/// <summary>A point that was tried: settings and values, and its score, the larger the better.</summary>
/// <param name="Score">of a pruned trial the best until then; NaN where the run failed or diverged</param>
public sealed record Trial(IReadOnlyDictionary<string, JsonValue> Point, double Score, bool Pruned = false);
