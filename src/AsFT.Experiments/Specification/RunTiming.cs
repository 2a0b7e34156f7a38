using System.Text.Json.Serialization;

namespace AsFT.Experiments.Specification;

/// <summary>How long a run will take, and how much memory, by what a few of its steps took on the machine that measured them.</summary>
/// <param name="Steps">optimiser steps of the whole run</param>
/// <param name="SecondsPerStep">mean of the steps that were measured</param>
/// <param name="SecondsPerEvaluation">all questions of an evaluation, or all dev texts, by the batches that were measured</param>
/// <param name="Evaluations">how many there are if the run does not end early</param>
/// <param name="SetupSeconds">what is done once, before the first step and after the last; checkpoints too</param>
/// <param name="PeakMemoryBytes">resident memory of the process at its highest; what lies on a GPU is not in it</param>
public sealed record RunTiming(long Steps, double SecondsPerStep, double SecondsPerEvaluation, long Evaluations, double SetupSeconds, [property: JsonPropertyOrder(1)] long PeakMemoryBytes)
{
    public double TotalSeconds => SetupSeconds + Steps * SecondsPerStep + Evaluations * SecondsPerEvaluation;
}
