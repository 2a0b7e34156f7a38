using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using AsFT.Experiments.Search;
using AsFT.Experiments.Specification;
using AsFT.Web.Runs.Setup;

namespace AsFT.Web.Sweeps;

/// <summary>A search while it is being written: texts that need not fit yet. It is read as one that comes over HTTP, by the same rules.</summary>
public sealed class SweepDraft
{
    /// <summary>A setting that is searched, as its row of the form holds it.</summary>
    public sealed class Row
    {
        public string Setting { get; set; } = "";
        public DimensionKind Kind { get; set; }
        public string Min { get; set; } = "";
        public string Max { get; set; } = "";
        public string Values { get; set; } = "";

        /// <summary>The values of a setting that names what is stored.</summary>
        public IReadOnlyList<string> Names { get; set; } = [];
        public string Points { get; set; } = "5";
    }

    public List<Row> Rows { get; } = [];
    public string Name { get; set; } = "";
    public SearchAlgorithm Algorithm { get; set; }
    public string Points { get; set; } = "20";
    public string Seeds { get; set; } = "1";
    public string AtOnce { get; set; } = "1";
    public string Objective { get; set; } = "";

    /// <summary>Null: what is good for the objective.</summary>
    public Direction? Direction { get; set; }
    public bool Pruning { get; set; }
    public SweepRequest? Request { get; private set; }
    public IReadOnlyList<Fault> Faults { get; private set; } = [];

    /// <summary>Numbers, names and training data among the settings that matter as the draft stands.</summary>
    public static IReadOnlyList<Setting> Settings(SpecificationDraft draft) =>
        [.. draft.Groups.SelectMany(g => g.Settings).Where(s => !SweepRules.IsFixed(s.Path) && TypeOf(s) is var type && (type.IsEnum || type == typeof(int) || type == typeof(double) || type == typeof(bool) || SearchSpace.IsListOfNames(s.Path)))];

    private static Type TypeOf(Setting s) => Nullable.GetUnderlyingType(s.Property.PropertyType) ?? s.Property.PropertyType;

    /// <summary>A row for a setting: all its names, or a range about the value that the draft has.</summary>
    public static void Begin(Row row, Setting setting, JsonNode? value)
    {
        var (type, number) = (TypeOf(setting), value is JsonValue v && v.GetValueKind() == JsonValueKind.Number ? double.Parse(v.ToJsonString(), CultureInfo.InvariantCulture) : 0);
        row.Setting = setting.Path;
        row.Names = SearchSpace.IsListOfNames(setting.Path) && value is JsonArray names ? [.. names.Select(n => n!.ToString())] : [];
        row.Kind = type == typeof(int) ? DimensionKind.Integer : type != typeof(double) ? DimensionKind.Values : number > 0 ? DimensionKind.Log : DimensionKind.Linear;
        row.Values = type.IsEnum ? string.Join(", ", Enum.GetNames(type).Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)) : type == typeof(bool) ? "false, true" : "";
        (row.Min, row.Max) = row.Kind switch
        {
            DimensionKind.Integer => (Text(Math.Max(1, Math.Floor(number / 2))), Text(Math.Max(2, number * 2))),
            DimensionKind.Log => (Text(number / 10), Text(type == typeof(double) && number < 1 ? Math.Min(1, number * 10) : number * 10)),
            DimensionKind.Linear => ("0", "1"),
            _ => ("", ""),
        };
    }

    /// <summary>Reads what stands here; the request is null while there are faults.</summary>
    public void Check(SpecificationDraft draft)
    {
        try
        {
            Request = SweepRequest.Parse(Tree(draft).ToJsonString());
            Faults = SweepRules.Check(Request);
        }
        catch (SpecificationException e)
        {
            (Request, Faults) = (null, e.Faults);
        }
    }

    /// <summary>The draft as one posts it.</summary>
    public JsonObject Tree(SpecificationDraft draft) => new()
    {
        ["specification"] = JsonNode.Parse(SpecificationText.ToJson(draft.Value)), ["search"] = new JsonArray([.. Rows.Select(r => Tree(r, draft))]),
        ["name"] = Name, ["algorithm"] = JsonNamingPolicy.SnakeCaseLower.ConvertName(Algorithm.ToString()), ["points"] = Number(Points), ["seeds"] = Number(Seeds), ["at_once"] = Number(AtOnce), ["pruning"] = Pruning,
        ["direction"] = IsMeasured(draft) && Direction is { } direction ? JsonNamingPolicy.SnakeCaseLower.ConvertName(direction.ToString()) : null,
        ["objective"] = IsMeasured(draft) ? Objective : null,
    };

    private bool IsMeasured(SpecificationDraft draft) => AsFT.Experiments.Search.Objective.Of(draft.Value).Contains(Objective);

    /// <summary>Faults that only the queue can see.</summary>
    public void Refuse(IReadOnlyList<Fault> faults) => Faults = faults;

    public string? Problem(string path) => Faults.FirstOrDefault(f => f.Path == path)?.Problem;

    /// <summary>All that is wrong with a row.</summary>
    public string? RowProblem(int row) => Faults.FirstOrDefault(f => f.Path == $"search.{row}" || f.Path.StartsWith($"search.{row}.", StringComparison.Ordinal)) is { } fault
        ? fault.Path.EndsWith(".min", StringComparison.Ordinal) || fault.Path.EndsWith(".max", StringComparison.Ordinal) || fault.Path.EndsWith(".points", StringComparison.Ordinal) ? $"{fault.Path[(fault.Path.LastIndexOf('.') + 1)..]}: {fault.Problem}" : fault.Problem : null;

    private JsonObject Tree(Row r, SpecificationDraft draft)
    {
        var tree = new JsonObject { ["setting"] = r.Setting, ["kind"] = JsonNamingPolicy.SnakeCaseLower.ConvertName(r.Kind.ToString()) };
        if (r.Kind == DimensionKind.Values)
        {
            if (SearchSpace.IsListOfNames(r.Setting))
            {
                tree["values"] = new JsonArray([.. r.Names.Select(n => JsonValue.Create(n))]);
                return tree;
            }
            var setting = Settings(draft).FirstOrDefault(s => s.Path == r.Setting);
            tree["values"] = new JsonArray([.. r.Values.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(v => setting is null || TypeOf(setting).IsEnum ? JsonValue.Create(v) : bool.TryParse(v, out var yes) ? JsonValue.Create(yes) : Number(v))]);
            return tree;
        }
        (tree["min"], tree["max"]) = (Number(r.Min), Number(r.Max));
        if (Algorithm == SearchAlgorithm.Grid) tree["points"] = Number(r.Points);
        return tree;
    }

    /// <summary>A number if it reads as one; else the text itself, so that the check can say what stands there.</summary>
    private static JsonValue Number(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? JsonValue.Create(whole)
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? JsonValue.Create(number) : JsonValue.Create(text);

    private static string Text(double number) => number.ToString("0.######e+0", CultureInfo.InvariantCulture) is var small && number is > 0 and < 1e-3 ? small : number.ToString("0.######", CultureInfo.InvariantCulture);
}
