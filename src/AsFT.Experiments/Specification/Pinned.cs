namespace AsFT.Experiments.Specification;

/// <summary>
/// A name with the SHA-256 of what it meant when the run was queued: <c>name@sha256:…</c>. The hash decides, the name is
/// for people; <c>sha256:…</c> alone will do.
/// </summary>
public sealed record Pinned(string Name, string Sha256)
{
    private const string Mark = "sha256:";

    /// <summary>The hash without its name, as it stands on the trainer's command line.</summary>
    public string Key => Mark + Sha256;

    public override string ToString() => Name.Length == 0 ? Key : $"{Name}@{Key}";

    /// <summary>Null if the text names no hash.</summary>
    public static Pinned? Parse(string reference)
    {
        var at = reference.LastIndexOf(Mark, StringComparison.Ordinal);
        if (at < 0 || at > 0 && reference[at - 1] != '@' || !Datasets.DatasetFolder.IsHash(reference[(at + Mark.Length)..])) return null;
        return new(at == 0 ? "" : reference[..(at - 1)], reference[(at + Mark.Length)..]);
    }

    /// <summary>The part for people of a reference, pinned or not.</summary>
    public static string Label(string reference) => Parse(reference) is { } p ? p.Name.Length == 0 ? p.Key[..15] + "…" : p.Name : reference;
}
