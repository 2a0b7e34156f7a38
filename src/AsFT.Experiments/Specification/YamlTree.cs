using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace AsFT.Experiments.Specification;

/// <summary>YAML to a JSON tree and back, by YAML's core schema. Aliases and tags are refused: a specification needs none.</summary>
internal static class YamlTree
{
    private const int Deepest = 16;

    public static JsonNode? Read(string text)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new NoAliases(new Parser(new StringReader(text))));
        }
        catch (YamlException e)
        {
            throw new FormatException($"line {e.Start.Line}, column {e.Start.Column}: {e.Message}", e);
        }
        return stream.Documents.Count == 0 ? null : ToJson(stream.Documents[0].RootNode);
    }

    /// <exception cref="SpecificationException">the text is no YAML, or no group of settings</exception>
    public static JsonObject ReadGroup(string text, string expected)
    {
        try
        {
            return Read(text) as JsonObject ?? throw new SpecificationException([new("", expected)]);
        }
        catch (FormatException e)
        {
            throw new SpecificationException([new("", e.Message)]);
        }
    }

    public static string Write(JsonNode tree)
    {
        var text = new StringWriter { NewLine = "\n" };
        new YamlStream(new YamlDocument(ToYaml(tree))).Save(text, assignAnchors: false);
        return text.ToString().Replace("\n...", "", StringComparison.Ordinal);
    }

    private static JsonNode? ToJson(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(c => KeyValuePair.Create(Key(c.Key), ToJson(c.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Select(ToJson)]),
        YamlScalarNode { Style: ScalarStyle.Plain } plain => Plain(plain.Value ?? ""),
        YamlScalarNode quoted => JsonValue.Create(quoted.Value),
        _ => throw new FormatException($"line {node.Start.Line}: a {node.NodeType} is not part of a specification"),
    };

    private static string Key(YamlNode node) => node is YamlScalarNode { Value: { } key } ? key : throw new FormatException($"line {node.Start.Line}: the name of a setting must be a word");

    private static JsonValue? Plain(string value) => value switch
    {
        "" or "~" or "null" => null,
        "true" => JsonValue.Create(true),
        "false" => JsonValue.Create(false),
        _ when long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => JsonValue.Create(whole),
        _ when char.IsAsciiDigit(value[^1]) && double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number) => JsonValue.Create(number),
        _ => JsonValue.Create(value),
    };

    private static YamlNode ToYaml(JsonNode? node) => node switch
    {
        null => new YamlScalarNode("null"),
        JsonObject map => new YamlMappingNode(map.Select(p => KeyValuePair.Create((YamlNode)p.Key, ToYaml(p.Value)))),
        JsonArray list => new YamlSequenceNode(list.Select(ToYaml)) { Style = list.Any(i => i is JsonObject) ? YamlDotNet.Core.Events.SequenceStyle.Block : YamlDotNet.Core.Events.SequenceStyle.Flow },
        JsonValue value when value.GetValueKind() == JsonValueKind.String => Text(value.GetValue<string>()),
        _ => new YamlScalarNode(node.ToJsonString()),
    };

    private static YamlScalarNode Text(string value)
    {
        var staysText = Plain(value)?.GetValueKind() == JsonValueKind.String;
        return new(value) { Style = staysText ? ScalarStyle.Any : ScalarStyle.DoubleQuoted };
    }

    /// <summary>Refuses what can make a small text unfold into a large tree, or into one so deep that reading it would end the process.</summary>
    private sealed class NoAliases(IParser inner) : IParser
    {
        private int depth;

        public YamlDotNet.Core.Events.ParsingEvent? Current => inner.Current;

        public bool MoveNext()
        {
            var more = inner.MoveNext();
            if (inner.Current is YamlDotNet.Core.Events.AnchorAlias alias) throw new YamlException(alias.Start, alias.End, "aliases (*name) are not supported");
            if (inner.Current is YamlDotNet.Core.Events.NodeEvent { Tag.IsEmpty: false } tagged) throw new YamlException(tagged.Start, tagged.End, "tags (!name) are not supported");
            depth += inner.Current?.NestingIncrease ?? 0;
            if (depth > Deepest + 2) throw new YamlException(inner.Current!.Start, inner.Current.End, $"nested deeper than {Deepest} levels"); // the stream and its document are two more
            return more;
        }
    }
}
