using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AsFT.Experiments.Text.Templates;

/// <summary>The filter tojson, with the spaces that Python puts. What holds a person's text counts as theirs throughout.</summary>
internal static class TemplateJson
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static MarkedText Write(object? value, CallArguments given, TemplateLimits limits)
    {
        var text = new StringBuilder();
        var content = false;
        Append(text, value, given.Find(9, "indent") is null ? -1 : given.Number(9, "indent", 0), 0, limits, ref content);
        limits.Characters(text.Length);
        return content ? MarkedText.Content(text.ToString()) : MarkedText.Template(text.ToString());
    }

    private static void Append(StringBuilder text, object? value, int indent, int depth, TemplateLimits limits, ref bool content)
    {
        if (depth > TemplateLimits.Nesting) throw new TemplateException($"the chat template writes a value that is nested more than {TemplateLimits.Nesting} deep");
        limits.Step();
        switch (value)
        {
            case null: text.Append("null"); break;
            case bool b: text.Append(b ? "true" : "false"); break;
            case MarkedText t:
                content |= t.HasContent;
                text.Append(JsonSerializer.Serialize(t.Text, Plain));
                break;
            case IReadOnlyList<object?> list:
                text.Append('[');
                for (var i = 0; i < list.Count; i++)
                {
                    Separate(text, i, indent, depth + 1);
                    Append(text, list[i], indent, depth + 1, limits, ref content);
                }
                Close(text, ']', list.Count, indent, depth);
                break;
            case TemplateMap map:
                text.Append('{');
                for (var i = 0; i < map.Entries.Count; i++)
                {
                    Separate(text, i, indent, depth + 1);
                    text.Append(JsonSerializer.Serialize(map.Entries.GetAt(i).Key, Plain)).Append(": ");
                    Append(text, map.Entries.GetAt(i).Value, indent, depth + 1, limits, ref content);
                }
                Close(text, '}', map.Entries.Count, indent, depth);
                break;
            default: text.Append(value is long or double ? Values.Write(value).Text : throw new TemplateException($"the chat template writes {Values.Kind(value)} as JSON")); break;
        }
        if (text.Length > TemplateLimits.OutputCharacters) limits.Characters(text.Length);
    }

    private static void Separate(StringBuilder text, int at, int indent, int depth)
    {
        if (at > 0) text.Append(indent < 0 ? ", " : ",");
        if (indent >= 0) text.Append('\n').Append(' ', Math.Min(indent, 16) * depth);
    }

    private static void Close(StringBuilder text, char bracket, int count, int indent, int depth)
    {
        if (indent >= 0 && count > 0) text.Append('\n').Append(' ', Math.Min(indent, 16) * depth);
        text.Append(bracket);
    }
}
