namespace AsFT.Experiments.Text;

/// <summary>The text before the answer and the answer itself; only the answer is learnt.</summary>
public sealed record RenderedRow(string Prompt, string? Answer)
{
    /// <summary>Where a chat template wrote the prompt: which parts of it are the template's.</summary>
    public IReadOnlyList<Segment>? PromptSegments { get; init; }

    /// <summary>Where a chat template wrote the answer: it as the template sets it, with the end of the turn.</summary>
    public IReadOnlyList<Segment>? AnswerSegments { get; init; }
}
