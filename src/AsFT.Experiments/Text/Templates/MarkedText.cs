using System.Diagnostics.CodeAnalysis;

namespace AsFT.Experiments.Text.Templates;

/// <summary>
/// Text of which every character is known to be the template's or a person's. All that a template does with text
/// (cutting, trimming, joining) keeps the marks, so that a person's text cannot pass for the template's.
/// </summary>
internal sealed class MarkedText
{
    public static readonly MarkedText Empty = new("", null);

    private readonly bool[]? content; // null: all is the template's

    private MarkedText(string text, bool[]? content) => (Text, this.content) = (text, content);

    public string Text { get; }
    public int Length => Text.Length;
    public bool HasContent => content is not null && content.Contains(true);

    public static MarkedText Template(string text) => new(text, null);

    public static MarkedText Content(string text)
    {
        var marks = new bool[text.Length];
        Array.Fill(marks, true);
        return new(text, marks);
    }

    public bool IsContent(int at) => content is not null && content[at];

    public MarkedText Slice(int start, int length) =>
        length == Length ? this : new(Text.Substring(start, length), content?[start..(start + length)]);

    /// <summary>Other letters of the same number, such as capitals.</summary>
    public MarkedText With(string sameLength) => new(sameLength, content);

    public static MarkedText Join(IReadOnlyList<MarkedText> parts)
    {
        if (parts.Count == 1) return parts[0];
        var text = string.Concat(parts.Select(p => p.Text));
        if (parts.All(p => p.content is null)) return new(text, null);
        var marks = new bool[text.Length];
        var at = 0;
        foreach (var part in parts)
        {
            part.content?.CopyTo(marks, at);
            at += part.Length;
        }
        return new(text, marks);
    }

    public IReadOnlyList<Segment> Segments()
    {
        var segments = new List<Segment>();
        for (var from = 0; from < Length;)
        {
            var to = from + 1;
            while (to < Length && IsContent(to) == IsContent(from)) to++;
            segments.Add(new(Text[from..to], !IsContent(from)));
            from = to;
        }
        return segments;
    }

    public override bool Equals([NotNullWhen(true)] object? other) => other is MarkedText text && text.Text == Text;

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);
}
