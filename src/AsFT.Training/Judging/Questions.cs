using AsFT.Experiments.Datasets;
using AsFT.Experiments.Text;

namespace AsFT.Training.Judging;

/// <summary>One row with its rendered prompt as text and as ids.</summary>
public sealed record Question(Row Row, RenderedRow Text, IReadOnlyList<int> Prompt)
{
    /// <summary>What the user asks, without template, system prompt or earlier turns: this a judge reads.</summary>
    public string OwnWords => Row switch
    {
        InstructionRow i => i.Input is null ? i.Instruction : $"{i.Instruction}\n{i.Input}",
        ChatRow chat => chat.Messages.Last(m => m.Role == "user").Content,
        LabelledRow labelled => labelled.Text,
        _ => Text.Prompt,
    };
}

/// <summary>Questions of one dataset, and its labels.</summary>
public sealed record QuestionSet(IReadOnlyList<Question> Questions, IReadOnlyList<string> Labels)
{
    /// <summary>What is chosen from where a question has no choices of its own: all different answers, also in a part of the set.</summary>
    public IReadOnlyList<string> Answers { get; init; } = [.. Questions.Select(q => q.Text.Answer).OfType<string>().Distinct()];

    /// <summary>Its questions as they are answered side by side: those of like length together, the shortest first.</summary>
    public IEnumerable<QuestionSet> InBatches(int size) => Questions.OrderBy(q => q.Prompt.Count).Chunk(size).Select(batch => this with { Questions = batch });
}

/// <summary>What an evaluation asks; null for what is not measured.</summary>
public sealed record QuestionSets(QuestionSet? Harmful, QuestionSet? Harmless, QuestionSet? Task)
{
    /// <summary>Asked beside the others, so that something can be chosen by it without looking at them.</summary>
    public QuestionSets? Validation { get; init; }

    public bool Any => Harmful is not null || Harmless is not null || Task is not null || Validation is { Any: true };
}
