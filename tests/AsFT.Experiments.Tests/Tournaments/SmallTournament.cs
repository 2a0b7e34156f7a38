using AsFT.Experiments.Tournaments;

namespace AsFT.Experiments.Tests.Tournaments;

/// <summary>Plain fine-tuning, the L2 control with two strengths and AsFT with one, in one world with two poison entries.</summary>
internal static class SmallTournament
{
    public const string Yaml = """
        name: small
        specification:
          model: {aligned: lab-aligned, base: lab-base}
          data: {train: [ten]}
          evaluation: {harmful_prompts: h, task: t, validation_prompts: vh, validation_task: vt}
          judge: {form: lab}
        methods:
        - {name: SFT, settings: {method.kind: sft}}
        - {name: L2, settings: {method.kind: l2}, strength: {setting: method.lambda, values: [3, 30]}}
        - {name: AsFT, settings: {method.kind: asft}}
        poison:
        - {name: p10, settings: {data.train: [ten]}}
        - {name: p0, settings: {data.train: [none, more]}}
        seeds: 3
        selection_seeds: 2
        """;

    public static TournamentRequest Request { get; } = TournamentRequest.Parse(Yaml);

    public static TournamentCell Cell(string method, string? strength = null, string poison = "p10") => new("as specified", poison, method, strength);

    public static TournamentRun Run(TournamentCell cell, int seed, double harmful, double accuracy) => new($"{cell.Key} {seed}", cell.Key, seed, TournamentRunState.Completed, new Dictionary<string, double>
    {
        ["eval/harmful"] = harmful, ["eval/accuracy"] = accuracy, ["validation/harmful"] = harmful, ["validation/accuracy"] = accuracy,
    }, 10);

    public static TournamentRun Broken(TournamentRunKey key) => new("x", key.Cell.Key, key.Seed, TournamentRunState.Broken, new Dictionary<string, double>(), Cause: "diverged");
}
