using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using AsFT.Experiments.Specification;

namespace AsFT.Experiments.Tournaments;

/// <summary>Settings under a name: a world, or a share of poison.</summary>
public sealed record TournamentVariant
{
    [Description("What it is called in tables and in the names of runs.")]
    public string Name { get; init; } = "";

    [Description("What it changes in the specification, such as data.train: [lab-train].")]
    public IReadOnlyDictionary<string, JsonNode?> Settings { get; init; } = new Dictionary<string, JsonNode?>();
}

/// <summary>The values of one setting among which a method's strength is chosen.</summary>
public sealed record StrengthGrid
{
    [Description("The setting by its place in the specification, such as method.lambda.")]
    public string Setting { get; init; } = "";

    [Description("What is tried.")]
    public IReadOnlyList<JsonNode> Values { get; init; } = [];
}

/// <summary>A method that takes part.</summary>
public sealed record TournamentMethod
{
    [Description("What it is called in tables and in the names of runs.")]
    public string Name { get; init; } = "";

    [Description("What makes it this method, such as method.kind: asft.")]
    public IReadOnlyDictionary<string, JsonNode?> Settings { get; init; } = new Dictionary<string, JsonNode?>();

    [Description("Where its strength is chosen: a setting and the values that are tried. Leave it out where there is nothing to choose."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public StrengthGrid? Strength { get; init; }
}

/// <summary>Methods compared on the same data with the same seeds: what each run starts from, who takes part, and in which worlds.</summary>
public sealed record TournamentRequest
{
    private const int LongestText = 512 * 1024;

    private static readonly IReadOnlyList<TournamentVariant> AsSpecified = [new() { Name = "as specified" }];

    [Description("What the tournament is called. Its runs are named after it.")]
    public string Name { get; init; } = "tournament";

    [Description("The run that every method, world and poison entry changes.")]
    public RunSpecification Specification { get; init; } = new();

    [Description("Who takes part. One of them is plain fine-tuning (method.kind: sft) without strengths: the others are compared with it.")]
    public IReadOnlyList<TournamentMethod> Methods { get; init; } = [];

    [Description("Models and their data. In each the strengths are chosen and compared by themselves.")]
    public IReadOnlyList<TournamentVariant> Worlds { get; init; } = AsSpecified;

    [Description("Training data with more or less harm in it. Strengths are chosen with the first entry, and kept for the others.")]
    public IReadOnlyList<TournamentVariant> Poison { get; init; } = AsSpecified;

    [Range(1, 100), Description("Runs of each chosen method: with the seed of the specification and those after it, the same for all.")]
    public int Seeds { get; init; } = 10;

    [Range(1, 100), Description("Of these the first so many are run with every strength, and the strength is chosen by them.")]
    public int SelectionSeeds { get; init; } = 3;

    [Range(0.0, 1.0), Description("How much of plain fine-tuning's accuracy a strength may cost, on the validation rows, and still be chosen: 0.05 is 5 points.")]
    public double UtilityLoss { get; init; } = 0.05;

    [Range(0, 64), Description("How many of its runs wait or train at the same time on the site; other runs come in between. 0: as many as there are workers.")]
    public int AtOnce { get; init; }

    [JsonIgnore] public IReadOnlyList<int> AllSeeds => [.. Enumerable.Range(Specification.Training.Seed, Seeds)];

    /// <summary>Reads YAML or JSON.</summary>
    /// <exception cref="SpecificationException">with every fault of form</exception>
    public static TournamentRequest Parse(string text)
    {
        if (text.Length > LongestText) throw new SpecificationException([new("", $"the text has {text.Length} characters; a tournament has at most {LongestText}")]);
        var faults = new List<Fault>();
        var root = YamlTree.ReadGroup(text, "expected 'specification:' and 'methods:'");
        var basis = root["specification"];
        root.Remove("specification");
        if (basis is not JsonObject) faults.Add(new("specification", "is missing; put the settings of a run under 'specification:'"));
        var specification = basis is JsonObject settings ? SpecificationText.Read(settings, faults) : new();
        SpecificationShape.Prune(root, typeof(TournamentRequest), "", faults);
        return faults.Count == 0 ? root.Deserialize<TournamentRequest>(SpecificationText.Json)! with { Specification = specification } : throw new SpecificationException(faults);
    }

    /// <summary>Reads what <see cref="ToJson"/> wrote, also where a setting has been taken away since.</summary>
    public static TournamentRequest FromJson(string json) => JsonSerializer.Deserialize<TournamentRequest>(json, SpecificationText.Json)!;

    public string ToJson() => JsonSerializer.Serialize(this, SpecificationText.Json);

    public string ToYaml() => SpecificationText.ToYaml(JsonSerializer.SerializeToNode(this, SpecificationText.Json)!);

    /// <summary>The method that guards nothing, and by whose accuracy strengths are chosen; null where there is none.</summary>
    [JsonIgnore] public TournamentMethod? Undefended => Methods.FirstOrDefault(m => m.Strength is null && Of(m) is { Kind: MethodKind.Sft, With.Count: 0 });

    /// <summary>The settings of a method's group 'method', as its runs begin with them.</summary>
    public MethodOptions Of(TournamentMethod method) => SettingPaths.Apply(Specification, method.Settings, []).Method;

    /// <summary>With another text for every model and dataset that the specification and the settings name; empty ones are left alone.</summary>
    public TournamentRequest Replace(Func<Reference, string> by)
    {
        IReadOnlyDictionary<string, JsonNode?> Settings(IReadOnlyDictionary<string, JsonNode?> settings) => settings.ToDictionary(s => s.Key, s => SettingPaths.Replace(s.Key, s.Value, by));
        return this with
        {
            Specification = References.Replace(Specification, by),
            Methods = [.. Methods.Select(m => m with { Settings = Settings(m.Settings) })],
            Worlds = [.. Worlds.Select(w => w with { Settings = Settings(w.Settings) })],
            Poison = [.. Poison.Select(p => p with { Settings = Settings(p.Settings) })],
        };
    }
}
