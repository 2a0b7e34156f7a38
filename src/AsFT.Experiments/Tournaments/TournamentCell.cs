using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AsFT.Experiments.Tournaments;

/// <summary>What is run with several seeds and counted together.</summary>
/// <param name="Strength">the value as text; null where the method has none to choose</param>
public sealed record TournamentCell(string World, string Poison, string Method, string? Strength)
{
    /// <summary>One text for the whole cell; names hold no slash, so no two cells have the same.</summary>
    public string Key => string.Join('/', Parts);

    /// <summary>What a run of it is called in lists.</summary>
    public string NameOf(string tournament, int seed) => string.Join(" · ", [tournament, .. Parts, FormattableString.Invariant($"seed {seed}")]);

    /// <summary>The name of a run's folder: lower case, with nothing that a file system could stumble over.</summary>
    public string FolderOf(int seed) => string.Join('_', [.. Parts.Select(Slug), FormattableString.Invariant($"s{seed}")]);

    private string[] Parts => Strength is null ? [World, Poison, Method] : [World, Poison, Method, Strength];

    public static string Text(JsonNode value) => value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString();

    /// <summary>Letters, digits, points and single dashes; two names that differ only elsewhere are refused by the rules.</summary>
    internal static string Slug(string name)
    {
        var slug = new StringBuilder();
        foreach (var c in name.ToLowerInvariant())
            if (char.IsLetterOrDigit(c) || c == '.') slug.Append(c);
            else if (slug is not [.., '-']) slug.Append('-');
        return slug.ToString();
    }
}

/// <summary>One run that a tournament asks for.</summary>
public sealed record TournamentRunKey(TournamentCell Cell, int Seed);
