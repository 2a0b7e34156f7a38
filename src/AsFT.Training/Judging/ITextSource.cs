namespace AsFT.Training.Judging;

/// <summary>What a language model wrote, or why it wrote nothing.</summary>
internal sealed record Reply(string? Text, string? Problem = null);

/// <summary>A language model that answers a judge's prompts, here or elsewhere.</summary>
internal interface ITextSource : IDisposable
{
    /// <summary>Which model: name and hash of its weights, or address and name.</summary>
    string Version { get; }

    /// <summary>One reply a prompt, in their order. A failure is a reply, not an exception.</summary>
    IReadOnlyList<Reply> Write(IReadOnlyList<string> prompts, int newTokens, CancellationToken cancel);
}
