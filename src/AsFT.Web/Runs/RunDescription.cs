using AsFT.Experiments.Specification;

namespace AsFT.Web.Runs;

/// <summary>What people write about a run. Null leaves a part as it is.</summary>
/// <param name="Tags">words to filter by, separated by spaces</param>
public sealed record RunDescription(string? Name = null, string? Tags = null, string? Notes = null)
{
    public const int LongestName = 200, LongestTags = 500, LongestNotes = 10_000;

    public IReadOnlyList<Fault> Faults()
    {
        var faults = new List<Fault>();
        if (Name is not null && string.IsNullOrWhiteSpace(Name)) faults.Add(new("name", "is empty; a run has a name"));
        foreach (var (path, text, most) in new[] { ("name", Name, LongestName), ("tags", Tags, LongestTags), ("notes", Notes, LongestNotes) })
            if (text?.Length > most) faults.Add(new(path, $"has {text.Length} characters; take at most {most}"));
        if (Name?.Any(char.IsControl) == true) faults.Add(new("name", "has a line break or another control character; write it without"));
        if (Tags?.Any(char.IsControl) == true) faults.Add(new("tags", "have a line break or another control character; part them by spaces"));
        if (Notes?.Contains('\0') == true) faults.Add(new("notes", "have a character of code 0; write them without"));
        return faults;
    }
}
