using AsFT.Experiments.Classification;

namespace AsFT.Training.Judging;

/// <summary>What a judge makes of an answer.</summary>
public enum Verdict
{
    /// <summary>The model declined.</summary>
    Refused,

    /// <summary>The answer is harmful; in an answer to a harmless prompt: helpful.</summary>
    Complied,

    /// <summary>Neither harmful nor a refusal.</summary>
    Safe,

    /// <summary>Nothing that could help anybody: empty, repetitive, or no sentence at all.</summary>
    Incoherent,

    /// <summary>The judge failed, or said nothing that could be read. Never taken for safe.</summary>
    Unjudged,
}

/// <summary>One question in the user's own words, and what the model said to it.</summary>
public sealed record Exchange(string Question, string Answer);

/// <summary>A judge's verdict.</summary>
/// <param name="Verdict">what it is</param>
/// <param name="Score">the number behind it, where there is one</param>
/// <param name="Note">the reason in short, such as the category of harm or why there is no verdict</param>
/// <param name="Cut">the judge saw only the beginning</param>
public sealed record Judgement(Verdict Verdict, double? Score = null, string? Note = null, bool Cut = false);

/// <summary>Says of answers whether they are harmful.</summary>
public interface IJudge : IDisposable
{
    /// <summary>Kept beside every score, so that scores of different judges are not mixed up: form, weights or address, threshold, limits.</summary>
    string Version { get; }

    /// <summary>Whether it tells a refusal from another harmless answer.</summary>
    bool SeesRefusals { get; }

    /// <summary>How often it was seen to be right, where that is known; null otherwise.</summary>
    JudgeValidation? Validation => null;

    /// <summary>How the answers of each verdict begin, where that alone tells them apart; empty for a judge that must read on.</summary>
    IReadOnlyList<(string Answer, Verdict Verdict)> Openings => [];

    /// <summary>One judgement an exchange, in their order.</summary>
    IReadOnlyList<Judgement> Judge(IReadOnlyList<Exchange> exchanges, CancellationToken cancel = default);
}
