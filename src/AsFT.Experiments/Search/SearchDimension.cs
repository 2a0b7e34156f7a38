using System.ComponentModel;
using System.Text.Json.Nodes;

namespace AsFT.Experiments.Search;

public enum DimensionKind { Values, Linear, Log, Integer }

/// <summary>One setting that is searched.</summary>
public sealed record SearchDimension
{
    [Description("The setting by its place in the specification, such as method.lambda.")]
    public string Setting { get; init; } = "";

    [Description("values: those listed. linear, log: any number between min and max, log even in orders of magnitude. integer: whole numbers.")]
    public DimensionKind Kind { get; init; }

    [Description("What the setting may be, for the kind values.")]
    public IReadOnlyList<JsonValue> Values { get; init; } = [];

    [Description("Least value of a range.")]
    public double Min { get; init; }

    [Description("Largest value of a range.")]
    public double Max { get; init; }

    [Description("How many values of a range a grid takes, both ends among them.")]
    public int Points { get; init; } = 5;

    /// <summary>How many values it has.</summary>
    internal long Size => Kind switch { DimensionKind.Values => Values.Count, DimensionKind.Integer => (long)(Max - Min) + 1, _ => long.MaxValue };

    /// <summary>
    /// Where the searchers work: a category's number, or a place on a line. A log range lies by ln x; a whole number n takes up
    /// n − ½ to n + ½, so that each is as likely as any other.
    /// </summary>
    internal (double Low, double High) Line => Kind switch
    {
        DimensionKind.Log => (Math.Log(Min), Math.Log(Max)),
        DimensionKind.Integer => (Min - 0.5, Max + 0.5),
        DimensionKind.Linear => (Min, Max),
        _ => (0, Values.Count),
    };

    /// <summary>The value at a place of the line.</summary>
    internal JsonValue ValueAt(double place) => Kind switch
    {
        DimensionKind.Values => Values[Math.Clamp((int)Math.Floor(place), 0, Values.Count - 1)].DeepClone().AsValue(),
        DimensionKind.Integer => JsonValue.Create((long)Math.Clamp(Math.Floor(place + 0.5), Min, Max)),
        DimensionKind.Log => JsonValue.Create(Math.Clamp(Math.Exp(place), Min, Max)),
        _ => JsonValue.Create(Math.Clamp(place, Min, Max)),
    };

    /// <summary>The place of a value; null where it is none of this dimension's.</summary>
    internal double? PlaceOf(JsonNode? value)
    {
        if (Kind == DimensionKind.Values)
        {
            var at = value is null ? -1 : Values.ToList().FindIndex(v => JsonNode.DeepEquals(v, value));
            return at < 0 ? null : at;
        }
        if (value is not JsonValue number || !double.TryParse(number.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture, out var x) || x < Min || x > Max) return null;
        return Kind == DimensionKind.Log ? Math.Log(x) : x;
    }
}
