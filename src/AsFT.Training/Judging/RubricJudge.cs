namespace AsFT.Training.Judging;

/// <summary>Judges by a rubric that a language model answers. A reply out of form is no verdict, least of all "safe".</summary>
internal sealed class RubricJudge(IRubric rubric, ITextSource source) : IJudge
{
    private const int Shown = 120;

    public string Version => $"{rubric.Version}, {source.Version}";

    public bool SeesRefusals => rubric.SeesRefusals;

    public IReadOnlyList<Judgement> Judge(IReadOnlyList<Exchange> exchanges, CancellationToken cancel = default)
    {
        var replies = source.Write([.. exchanges.Select(rubric.Prompt)], rubric.NewTokens, cancel);
        return [.. replies.Select(r => r.Text is null ? Fail(r.Problem!) : rubric.Read(r.Text) ?? Fail($"the judge's reply is not in the form asked for: {Short(r.Text)}"))];
    }

    private static Judgement Fail(string problem) => new(Verdict.Unjudged, Note: problem);

    private static string Short(string reply) => reply.Trim() is var text && text.Length <= Shown ? text : text[..Shown] + "…";

    public void Dispose() => source.Dispose();
}
