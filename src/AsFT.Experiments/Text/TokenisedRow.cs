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
        if (row.Answer is not null) ids.AddRange([.. tokenizer.Encode(row.Answer), tokenizer.EndId]);
        var cut = ids.Count > maxLength;
        return new([.. ids.Take(maxLength)], Math.Min(prompt, maxLength), cut);
    }

    public static List<int> Prompt(RenderedRow row, TextTokenizer tokenizer) =>
        [.. tokenizer.BeginId is { } begin ? (int[])[begin] : [], .. tokenizer.Encode(row.Prompt)];
}
