namespace AsFT.Experiments.Text;

/// <summary>A row as ids. The first <see cref="PromptLength"/> are the prompt; those after it are learnt.</summary>
public sealed record TokenisedRow(int[] Ids, int PromptLength, bool Cut)
{
    public int Supervised => Ids.Length - PromptLength;

    /// <param name="maxLength">longer rows are cut at the end, which may leave nothing to learn</param>
    public static TokenisedRow From(RenderedRow row, TextTokenizer tokenizer, int maxLength)
    {
        var ids = Prompt(row, tokenizer);
        var prompt = ids.Count;
        if (row.Answer is not null) ids.AddRange(Answer(row, ids, tokenizer));
        var cut = ids.Count > maxLength;
        return new([.. ids.Take(maxLength)], Math.Min(prompt, maxLength), cut);
    }

    /// <summary>A chat template writes the begin token itself, or the model has been taught without.</summary>
    public static List<int> Prompt(RenderedRow row, TextTokenizer tokenizer) => row.PromptSegments is { } segments
        ? [.. tokenizer.Encode(segments)]
        : [.. tokenizer.BeginId is { } begin ? (int[])[begin] : [], .. tokenizer.Encode(row.Prompt)];

    private static List<int> Answer(RenderedRow row, IReadOnlyList<int> prompt, TextTokenizer tokenizer)
    {
        if (row.AnswerSegments is null) return [.. tokenizer.Encode(row.Answer!), tokenizer.EndId];
        var ids = tokenizer.Encode(row.AnswerSegments, after: prompt);
        return ids.Count > 0 && tokenizer.EndIds.Contains(ids[^1]) ? [.. ids] : [.. ids, tokenizer.EndId];
    }
}
