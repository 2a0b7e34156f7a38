using System.Text.Json;
using System.Text.Json.Nodes;

namespace AsFT.Experiments.Search;

/// <summary>The points of a search by their number, whichever way they are chosen.</summary>
public static class Searchers
{
    private const int MostDraws = 20_000;

    /// <param name="trials">those that have been tried; TPE alone looks at them</param>
    public static IReadOnlyDictionary<string, JsonValue> Point(SearchSpace space, SearchAlgorithm algorithm, IReadOnlyList<Trial> trials, int seed, int number) => algorithm switch
    {
        SearchAlgorithm.Grid => GridSearch.Point(space, number)!,
        SearchAlgorithm.Tpe => TreeParzenSearch.Point(space, trials, seed, number),
        _ => Drawn(space, seed, number),
    };

    /// <summary>The draws in their order, without those that came before.</summary>
    private static IReadOnlyDictionary<string, JsonValue> Drawn(SearchSpace space, int seed, int number)
    {
        var seen = new HashSet<string>();
        for (var draw = 0; ; draw++)
            if (RandomSearch.Point(space, seed, draw) is var point && (seen.Add(JsonSerializer.Serialize(point)) && seen.Count > number || draw >= MostDraws)) return point;
    }
}
