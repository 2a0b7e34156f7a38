using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AsFT.Experiments.Specification;

/// <summary>Compares a tree of values with the record it should fill, so that all faults are named at once.</summary>
internal static class SpecificationShape
{
    /// <summary>Settings that earlier files have elsewhere.</summary>
    private static readonly Dictionary<string, string> Moved = new()
    {
        ["evaluation.judge"] = "moved to a group of its own; write judge: {form: lab}, beside evaluation",
    };

    /// <summary>Removes what does not fit and adds a fault for each.</summary>
    public static void Prune(JsonObject node, Type type, string path, List<Fault> faults)
    {
        var settings = type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite)
            .ToDictionary(p => JsonNamingPolicy.SnakeCaseLower.ConvertName(p.Name));
        foreach (var (key, value) in node.ToList())
        {
            var at = path.Length == 0 ? key : $"{path}.{key}";
            if (!settings.TryGetValue(key, out var property))
            {
                faults.Add(new(at, Moved.GetValueOrDefault(at) ?? $"unknown setting{Suggest(key, settings.Keys)}"));
                node.Remove(key);
            }
            else if (IsGroup(property.PropertyType) && value is JsonObject group)
            {
                Prune(group, property.PropertyType, at, faults);
            }
            else if (GroupOfList(property.PropertyType) is { } item && value is JsonArray list && list.All(i => i is JsonObject))
            {
                foreach (var (entry, i) in list.Select((e, i) => (e!.AsObject(), i))) Prune(entry, item, $"{at}.{i}", faults);
            }
            else if (!Fits(value, property, out var problem))
            {
                faults.Add(new(at, problem));
                node.Remove(key);
            }
        }
    }

    private static bool IsGroup(Type type) => type.IsClass && type.Assembly == typeof(RunSpecification).Assembly;

    private static Type? GroupOfList(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) && type.GetGenericArguments() is [var item] && IsGroup(item) ? item : null;

    private static bool Fits(JsonNode? value, PropertyInfo property, out string problem)
    {
        problem = "";
        var type = property.PropertyType;
        var mayBeNull = new NullabilityInfoContext().Create(property).ReadState == NullabilityState.Nullable;
        try
        {
            if (value is null && mayBeNull) return true;
            var holes = value is JsonArray list && list.Contains(null);
            if (value is not null && !holes && !IsGroup(type) && GroupOfList(type) is null && value.Deserialize(type, SpecificationText.Json) is not null) return true;
        }
        catch (JsonException)
        {
        }
        problem = $"expected {Describe(type)}, found {(value is null ? "nothing" : value.ToJsonString())}";
        return false;
    }

    private static string Describe(Type type) => type switch
    {
        _ when type == typeof(int) => "a whole number",
        _ when type == typeof(double) => "a number",
        _ when type == typeof(bool) => "true or false",
        _ when type == typeof(string) => "text",
        _ when type.IsEnum => "one of " + string.Join(", ", Enum.GetNames(type).Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)),
        _ when Nullable.GetUnderlyingType(type) is { } inner => Describe(inner),
        _ when IsGroup(type) => "a group of settings",
        _ when GroupOfList(type) is not null => "a list of groups of settings",
        _ when type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>) => "settings with their values, such as {method.lambda: 30}",
        _ when type.GetGenericArguments() is [var item] && typeof(JsonNode).IsAssignableFrom(item) => "a list of values",
        _ when type.GetGenericArguments() is [{ IsEnum: true } item] => $"a list of {Describe(item)["one of ".Length..]}",
        _ when type == typeof(IReadOnlyList<int>) => "a list of whole numbers",
        _ => "a list of texts",
    };

    private static string Suggest(string key, IEnumerable<string> known)
    {
        var nearest = known.MinBy(k => Distance(k, key))!;
        return Distance(nearest, key) <= 3 ? $"; did you mean '{nearest}'?" : $"; known here: {string.Join(", ", known)}";
    }

    /// <summary>Levenshtein's edit distance.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)));
        }
        return row[b.Length];
    }
}
