using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace AsFT.Experiments.Specification;

/// <summary>A specification as text: YAML or JSON in, YAML or canonical JSON out, and its hash.</summary>
public static class SpecificationText
{
    public static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { LeaveOutUnusedGroups, TaskGroups.LeaveOut } },
    };

    /// <summary>A defence that is not used has no place in the text, nor in the hash.</summary>
    private static void LeaveOutUnusedGroups(JsonTypeInfo type)
    {
        foreach (var property in type.Properties.Where(p => p.AttributeProvider?.IsDefined(typeof(DefendsAttribute), false) == true)) property.ShouldSerialize = (_, value) => value is not null;
    }

    /// <summary>What the hash is taken of: without settings that came later and are not used, so that earlier runs keep their hash.</summary>
    private static readonly JsonSerializerOptions Hashed = new(Json)
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { LeaveOutUnusedGroups, TaskGroups.LeaveOut, LeaveOutLater } },
    };

    private static void LeaveOutLater(JsonTypeInfo type)
    {
        foreach (var property in type.Properties.Where(p => p.AttributeProvider?.IsDefined(typeof(LaterAttribute), false) == true)) property.ShouldSerialize = (_, value) => value is not (null or false);
    }

    private const int LongestText = 256 * 1024;

    /// <summary>Reads YAML, of which JSON is a part. Throws <see cref="SpecificationException"/> naming every fault of form and value.</summary>
    public static RunSpecification Parse(string text)
    {
        var faults = new List<Fault>();
        var specification = Read(text, faults);
        faults.AddRange(SpecificationRules.Check(specification));
        return faults.Count == 0 ? specification : throw new SpecificationException(faults);
    }

    /// <summary>Reads form only: unknown keys and wrong types become faults, values are not judged.</summary>
    public static RunSpecification Read(string text, List<Fault> faults)
    {
        if (text.Length > LongestText)
        {
            faults.Add(new("", $"the text has {text.Length} characters; a specification has at most {LongestText}"));
            return new();
        }
        JsonNode? tree;
        try
        {
            tree = YamlTree.Read(text);
        }
        catch (FormatException e)
        {
            faults.Add(new("", e.Message));
            return new();
        }
        if (tree is not JsonObject root)
        {
            faults.Add(new("", "expected settings such as 'model:' and 'data:', found " + (tree is null ? "nothing" : "something else")));
            return new();
        }
        return Read(root, faults);
    }

    /// <summary>The same from a tree, which is changed.</summary>
    internal static RunSpecification Read(JsonObject root, List<Fault> faults)
    {
        SpecificationShape.Prune(root, typeof(RunSpecification), "", faults);
        TaskGroups.Complete(root, faults);
        DefenceGroups.Complete(root, faults);
        return root.Deserialize<RunSpecification>(Json)!;
    }

    public static string ToJson(RunSpecification specification) => JsonSerializer.Serialize(specification, Json);

    public static RunSpecification FromJson(string json) => JsonSerializer.Deserialize<RunSpecification>(json, Json)!;

    public static string ToYaml(RunSpecification specification) => ToYaml(JsonSerializer.SerializeToNode(specification, Json)!);

    public static string ToYaml(JsonNode tree) => YamlTree.Write(tree);

    /// <summary>
    /// SHA-256 of the canonical JSON without names, of which pinned references keep their hash: equal for runs that compute the same.
    /// </summary>
    public static string Hash(RunSpecification specification)
    {
        var nameless = References.Replace(specification with
        {
            Name = "", Judge = specification.Judge with { Key = null }, SecondJudge = specification.SecondJudge with { Key = null },
        }, r => Pinned.Parse(r.Value)?.Key ?? r.Value);
        return Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(nameless, Hashed)));
    }
}
