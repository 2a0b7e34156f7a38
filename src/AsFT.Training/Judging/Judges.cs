using AsFT.Experiments.Specification;

namespace AsFT.Training.Judging;

/// <summary>The judge that a group of settings describes.</summary>
public static class Judges
{
    /// <summary>Null for the form none.</summary>
    public static IJudge? Make(JudgeOptions options) => options.Form switch
    {
        JudgeForm.None => null,
        JudgeForm.RefusalPhrases => new RefusalPhrases(),
        JudgeForm.Lab => new LabJudge(),
        _ => throw new ArgumentOutOfRangeException(nameof(options), options.Form, "unknown form of judge"),
    };
}
