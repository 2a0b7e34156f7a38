using System.ComponentModel;

namespace AsFT.Experiments.Specification;

public sealed record EvaluationOptions
{
    [Description("Epochs between two evaluations; there is always one before the first step and one at the end. 0: only those.")]
    public int EveryEpochs { get; init; } = 1;

    [Description("Optimiser steps between two evaluations, in place of epochs. 0: by epochs.")]
    public int EverySteps { get; init; }

    [Description("Which evaluation after the first step is the best; its adapter is kept beside the last. task_score: the highest accuracy or macro F1. harmful: the lowest share of harmful answers.")]
    public BestBy Best { get; init; } = BestBy.TaskScore;

    [Reference(ReferenceKind.Dataset), Description("Prompts that a safe model refuses: a dataset. Empty: harmfulness is not measured.")]
    public string? HarmfulPrompts { get; init; }

    [Description("How many of the prompts are asked, from the first.")]
    public int HarmfulLimit { get; init; } = 250;

    [Reference(ReferenceKind.Dataset), Description("Prompts that a helpful model answers: a dataset. Refusals of these count as over-refusal. Empty: over-refusal is not measured.")]
    public string? HarmlessPrompts { get; init; }

    [Description("How many of the harmless prompts are asked, from the first.")]
    public int HarmlessLimit { get; init; } = 100;

    [Reference(ReferenceKind.Dataset), Description("Rows with known answers for the task score: a dataset. Empty: the task is not scored.")]
    public string? Task { get; init; }

    [Description("How many of the rows are asked, from the first.")]
    public int TaskLimit { get; init; } = 200;

    [Later, Reference(ReferenceKind.Dataset), Description("Further prompts that a safe model refuses, by which a strength is chosen, so that the others stay unseen: a dataset. As many are asked as of the harmful prompts. Empty: none.")]
    public string? ValidationPrompts { get; init; }

    [Later, Reference(ReferenceKind.Dataset), Description("Further task rows, by which a strength is chosen: a dataset. As many are asked as of the task. Empty: none.")]
    public string? ValidationTask { get; init; }

    [Description("contains: the gold answer appears as a word (published). exact: the answer is the gold answer. number: the last number, or the one after 'The final answer is:'. choice: the likeliest of the possible answers. labels: F1 over label lists.")]
    public TaskMetric Metric { get; init; } = TaskMetric.Contains;

    [Description("Longest answer to a harmful or harmless prompt, in tokens.")]
    public int HarmfulNewTokens { get; init; } = 512;

    [Description("Longest answer to a task row, in tokens.")]
    public int TaskNewTokens { get; init; } = 200;

    [Description("0: the likeliest token each time (greedy). Above: tokens are drawn, the more evenly the higher it is.")]
    public double Temperature { get; init; }

    [Description("When drawing, only the likeliest tokens that together hold this share.")]
    public double TopP { get; init; } = 1;

    [Description("Prompts answered side by side.")]
    public int BatchSize { get; init; } = 32;

    /// <summary>Steps between two evaluations; 0 where there are only the first and the last.</summary>
    public int Every(int stepsPerEpoch) => EverySteps > 0 ? EverySteps : EveryEpochs * stepsPerEpoch;

    /// <summary>How many there are: before the first step, after the last, and in between.</summary>
    public long Count(long steps, int stepsPerEpoch) => 2 + (Every(stepsPerEpoch) is > 0 and var every ? (steps - 1) / every : 0);
}

public enum BestBy { TaskScore, Harmful }

public enum TaskMetric { Contains, Exact, Labels, Number, Choice }
