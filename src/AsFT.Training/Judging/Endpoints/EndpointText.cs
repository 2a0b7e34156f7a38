using AsFT.Experiments.Specification;

namespace AsFT.Training.Judging.Endpoints;

/// <summary>A model behind an OpenAI-compatible interface. Several requests run at once; what fails for a while is tried again.</summary>
internal sealed class EndpointText : ITextSource
{
    private const int LargestReply = 1024 * 1024;
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly JudgeOptions options;
    private readonly HttpClient http;
    private readonly ChatRequest request;

    /// <param name="options">address, model, limits</param>
    /// <param name="key">sent to the address and nowhere else</param>
    /// <param name="allowPrivate">whether the address may lie on this machine or in a private network</param>
    public EndpointText(JudgeOptions options, string? key, bool allowPrivate)
    {
        this.options = options;
        http = new(GuardedConnection.Handler(allowPrivate, options.Concurrency)) { Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = LargestReply };
        request = new(http, options, key);
    }

    /// <summary>The pause before the first repetition; each later one is twice as long.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(1);

    public string Version => $"{options.EndpointModel} at {options.Address!.TrimEnd('/')}, temperature 0";

    public IReadOnlyList<Reply> Write(IReadOnlyList<string> prompts, int newTokens, CancellationToken cancel) => WriteAsync(prompts, newTokens, cancel).GetAwaiter().GetResult();

    private async Task<IReadOnlyList<Reply>> WriteAsync(IReadOnlyList<string> prompts, int newTokens, CancellationToken cancel)
    {
        var replies = new Reply[prompts.Count];
        await Parallel.ForAsync(0, prompts.Count, new ParallelOptions { MaxDegreeOfParallelism = options.Concurrency, CancellationToken = cancel },
            async (i, token) => replies[i] = await AskAsync(prompts[i], newTokens, token));
        return replies;
    }

    private async Task<Reply> AskAsync(string prompt, int newTokens, CancellationToken cancel)
    {
        var pause = Pause;
        for (var attempt = 0; ; attempt++)
        {
            var outcome = await request.SendAsync(prompt, newTokens, cancel);
            if (outcome.Text is not null || !outcome.Retry || attempt == options.Retries) return Last(outcome, attempt);
            if (outcome.Wait > TimeSpan.FromSeconds(options.TimeoutSeconds)) return Last(outcome with { Problem = outcome.Problem + ", and asks for a longer wait than timeout_seconds" }, attempt);
            await Task.Delay(outcome.Wait is { } asked ? asked > TimeSpan.Zero ? asked : TimeSpan.Zero : pause, cancel);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private static Reply Last(ChatOutcome outcome, int attempt) => new(outcome.Text, outcome.Problem is null || attempt == 0 ? outcome.Problem : $"{outcome.Problem}, also after {attempt} more tries");

    public void Dispose() => http.Dispose();
}
