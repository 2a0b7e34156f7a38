using System.Text.Json;
using System.Text.Json.Nodes;
using AsFT.Experiments.Specification;

namespace AsFT.Experiments.Search;

/// <summary>A search as it is asked for: the specification it starts from, the settings it varies, and how.</summary>
public sealed record SweepRequest(RunSpecification Specification, SearchSpace Space, SweepOptions Options)
{
    private const int LongestText = 512 * 1024;

    /// <summary>Points that are tried: no more than there are.</summary>
    public int Points => (int)Math.Min(Options.Points, Options.Algorithm == SearchAlgorithm.Grid ? GridSearch.Count(Space) : Space.Size);

    public int Runs => Points * Options.Seeds;

    /// <summary>Reads YAML or JSON: 'specification' and 'search', and the options beside them.</summary>
    /// <exception cref="SpecificationException">with every fault of form</exception>
    public static SweepRequest Parse(string text)
    {
        if (text.Length > LongestText) throw new SpecificationException([new("", $"the text has {text.Length} characters; a search has at most {LongestText}")]);
        var faults = new List<Fault>();
        var root = YamlTree.ReadGroup(text, "expected 'specification:' and 'search:'");
        var (basis, search) = (Take(root, "specification"), Take(root, "search"));
        if (basis is not JsonObject) faults.Add(new("specification", "is missing; put the settings of a run under 'specification:'"));
        var specification = basis is JsonObject settings ? SpecificationText.Read(settings, faults) : new();
        var space = new SearchSpace();
        try
        {
            space = SearchSpace.Parse(new JsonObject { ["search"] = search }.ToJsonString());
        }
        catch (SpecificationException e)
        {
            faults.AddRange(e.Faults);
        }
        SpecificationShape.Prune(root, typeof(SweepOptions), "", faults);
        return faults.Count == 0 ? new(specification, space, root.Deserialize<SweepOptions>(SpecificationText.Json)!) : throw new SpecificationException(faults);
    }

    private static JsonNode? Take(JsonObject root, string key)
    {
        var node = root[key];
        root.Remove(key);
        return node;
    }
}
