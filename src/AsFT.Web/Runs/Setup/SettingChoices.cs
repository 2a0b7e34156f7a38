using System.Text.Json;
using AsFT.Experiments.Specification;

namespace AsFT.Web.Runs.Setup;

/// <summary>What the form offers for settings that name something.</summary>
/// <param name="Models">names</param>
/// <param name="Datasets">names</param>
/// <param name="Runs">how each reads, by its id</param>
public sealed record SettingChoices(IReadOnlyList<string> Models, IReadOnlyList<string> Datasets, IReadOnlyDictionary<string, string> Runs)
{
    public static readonly SettingChoices None = new([], [], new Dictionary<string, string>());

    private static readonly IReadOnlyList<string> Defences = [.. Defence.All.Where(d => d.Stage != DefenceStage.Nothing).Select(d => JsonNamingPolicy.SnakeCaseLower.ConvertName(d.Kind.ToString()))];

    /// <summary>Null for a setting that is written and not chosen.</summary>
    public IReadOnlyList<string>? Of(Setting setting) => setting.Path == "method.with" ? Defences : setting.Path is "basin.directions" or "basin.surface" ? BasinSettings.Directions : References.KindOf(setting.Property) switch
    {
        ReferenceKind.Model => Models,
        ReferenceKind.Dataset => Datasets,
        ReferenceKind.Run => [.. Runs.Keys],
        _ => null,
    };

    /// <summary>How a choice reads.</summary>
    public string Words(string choice) => Runs.GetValueOrDefault(choice) ?? Pinned.Label(choice);
}
