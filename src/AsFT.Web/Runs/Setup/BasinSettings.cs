using AsFT.Experiments.Specification;

namespace AsFT.Web.Runs.Setup;

/// <summary>What the form shows of a basin's settings.</summary>
internal static class BasinSettings
{
    private static readonly string[] OfTheModel = ["data.template", "training.device", "training.precision"];

    public static IReadOnlyList<string> Directions { get; } = [.. Enum.GetValues<WalkDirection>().Select(d => d.Name())];

    /// <summary>Whether a basin reads a setting, as its others stand. It shares groups with fine-tuning, of which it does not read all.</summary>
    public static bool Matter(string path, BasinOptions basin) => path switch
    {
        "basin.harmful_run" => basin.Directions.Contains(WalkDirection.Harm),
        "basin.random_seed" => basin.Directions.Contains(WalkDirection.Random),
        "basin.path_run" => basin.Surface.Count > 0,
        "evaluation.every_epochs" or "evaluation.every_steps" or "evaluation.best" or "evaluation.temperature" => false,
        _ when path.StartsWith("data.", StringComparison.Ordinal) || path.StartsWith("training.", StringComparison.Ordinal) => OfTheModel.Contains(path),
        _ => true,
    };
}
