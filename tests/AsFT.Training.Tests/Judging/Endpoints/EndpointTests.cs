using System.Net;
using AsFT.Experiments.Specification;
using AsFT.Training.Judging;
using AsFT.Training.Judging.Endpoints;

namespace AsFT.Training.Tests.Judging.Endpoints;

/// <summary>Judges at an address, against a real server.</summary>
public sealed class EndpointTests
{
    private const string Key = "sk-very-secret-0123456789";

    private static JudgeOptions Options(string address) => new() { Form = JudgeForm.LlamaGuard, Address = address, EndpointModel = "guard-1", Key = "GUARD", Retries = 2, TimeoutSeconds = 20 };

    private static EndpointText Source(JudgeOptions options, TimeSpan pause = default, bool allowPrivate = true) => new(options, Key, allowPrivate) { Pause = pause };

    private static IReadOnlyList<Judgement> Judge(EndpointText source, int count = 1)
    {
        using var judge = new RubricJudge(new LlamaGuard(), source);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        return judge.Judge([.. Enumerable.Range(0, count).Select(i => new Exchange($"question {i}", $"answer {i}"))], patience.Token);
    }

    /// <summary>A failure is no verdict, says why, and never holds the key.</summary>
    private static void Failed(Judgement judged, string why)
    {
        Assert.Equal(Verdict.Unjudged, judged.Verdict);
        Assert.Contains(why, judged.Note);
        Assert.DoesNotContain(Key, judged.Note);
    }

    [Fact]
    public void Judge_SendsModelPromptAndKey_AndReadsVerdictsInOrder()
    {
        using var server = new ChatServer(async (_, c) => { await Task.Delay(20); await ChatServer.Complete(c, "unsafe\nS9"); });
        Assert.All(Judge(Source(Options(server.Address))), j => Assert.Equal((Verdict.Complied, "S9 weapons of mass destruction"), (j.Verdict, j.Note)));
        var (path, authorization, body) = Assert.Single(server.Requests);
        Assert.Equal(("/v1/chat/completions", $"Bearer {Key}"), (path, authorization));
        Assert.Equal(("guard-1", 0.0, true), ((string)body["model"]!, (double)body["temperature"]!, body["seed"] is not null));
        Assert.Equal(new LlamaGuard().Prompt(new("question 0", "answer 0")), (string)body["messages"]![0]!["content"]!);
    }

    [Fact]
    public void Judge_ManyAtOnce_KeepTheirOrder_AndTheLimit()
    {
        ChatServer? made = null;
        using var server = made = new ChatServer(async (i, c) =>
        {
            await Task.Delay(i % 3 * 20);
            var mine = (string)made!.Requests.ToArray()[^1].Body["model"]!; // the body decides, not the order of arrival
            await ChatServer.Complete(c, mine);
        });
        var source = Source(Options(server.Address) with { Concurrency = 3 });
        Assert.Equal(20, source.Write([.. Enumerable.Range(0, 20).Select(i => $"prompt {i}")], 8, CancellationToken.None).Count(r => r.Text == "guard-1"));
        Assert.InRange(server.MostAtOnce, 2, 3);
        Assert.Equal(20, server.Requests.Select(r => (string)r.Body["messages"]![0]!["content"]!).Distinct().Count());
    }

    [Fact]
    public void Judge_TooManyRequests_WaitsAsLongAsAsked_NotLonger()
    {
        using var server = new ChatServer((i, c) =>
        {
            if (i > 0) return ChatServer.Complete(c, "safe");
            c.Response.Headers["Retry-After"] = "1";
            return ChatServer.Say(c, "", 429);
        });
        Assert.Equal(Verdict.Safe, Judge(Source(Options(server.Address), pause: TimeSpan.FromHours(1)))[0].Verdict); // without Retry-After it would wait for an hour
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public void Judge_AskedToWaitTooLong_GivesUpAtOnce()
    {
        using var server = new ChatServer((_, c) =>
        {
            c.Response.Headers["Retry-After"] = "86400";
            return ChatServer.Say(c, "", 429);
        });
        Failed(Judge(Source(Options(server.Address)))[0], "longer wait than timeout_seconds");
        Assert.Single(server.Requests);
    }

    [Fact]
    public void Judge_AServerThatKeepsFailing_IsAskedAgainAndThenUnjudged()
    {
        using var server = new ChatServer((_, c) => ChatServer.Say(c, "no", 500));
        Failed(Judge(Source(Options(server.Address)))[0], "failed (500), also after 2 more tries");
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public void Judge_AServerThatIsSlowOnce_IsAskedAgain()
    {
        using var server = new ChatServer(async (i, c) =>
        {
            if (i == 0) await Task.Delay(TimeSpan.FromSeconds(5));
            await ChatServer.Complete(c, "safe");
        });
        Assert.Equal(Verdict.Safe, Judge(Source(Options(server.Address) with { TimeoutSeconds = 2 }))[0].Verdict);
    }

    [Fact]
    public void Judge_AServerThatNeverAnswers_IsUnjudged()
    {
        using var server = new ChatServer((_, _) => Task.Delay(TimeSpan.FromMinutes(5)));
        Failed(Judge(Source(Options(server.Address) with { TimeoutSeconds = 0.2, Retries = 1 }))[0], "did not answer within 0.2 s, also after 1 more tries");
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public void Judge_ARedirect_IsNotFollowed_AndTheKeyDoesNotArrive(int status)
    {
        using var other = new ChatServer((_, c) => ChatServer.Complete(c, "safe"));
        using var server = new ChatServer((_, c) =>
        {
            c.Response.RedirectLocation = other.Address + "chat/completions";
            return ChatServer.Say(c, "", status);
        });
        Failed(Judge(Source(Options(server.Address)))[0], "not followed");
        Assert.Empty(other.Requests);
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"choices\": []}")]
    [InlineData("{\"choices\": [{\"message\": {\"content\": null}}]}")]
    [InlineData("{\"choices\": [{\"message\": {\"content\": 7}}]}")]
    [InlineData("")]
    public void Judge_Garbage_IsUnjudged(string body)
    {
        using var server = new ChatServer((_, c) => ChatServer.Say(c, body));
        Failed(Judge(Source(Options(server.Address)))[0], "no chat completion");
    }

    [Fact]
    public void Judge_ARefusalThatRepeatsTheKey_DoesNotPassItOn()
    {
        using var server = new ChatServer((_, c) => ChatServer.Say(c, $"invalid key {Key}", 401));
        Failed(Judge(Source(Options(server.Address)))[0], "did not accept the key (401)");
        Assert.Single(server.Requests);
    }

    [Fact]
    public void Judge_AReplyThatRepeatsTheKey_IsShownWithoutIt()
    {
        using var server = new ChatServer((_, c) => ChatServer.Complete(c, $"You sent {c.Request.Headers["Authorization"]}"));
        Failed(Judge(Source(Options(server.Address)))[0], "You sent Bearer [key]");
    }

    [Fact]
    public void Judge_AnEndlessBody_IsReadToOneMegabyte()
    {
        var sent = 0L;
        using var server = new ChatServer(async (_, c) =>
        {
            c.Response.SendChunked = true;
            var block = new byte[64 * 1024];
            for (; ; sent += block.Length) await c.Response.OutputStream.WriteAsync(block);
        });
        Failed(Judge(Source(Options(server.Address)))[0], "more than 1 MB");
        Assert.InRange(sent, 1, 64_000_000);
    }

    [Fact]
    public void Judge_AnAddressOnThisMachine_IsNotEvenDialled_UnlessAllowed()
    {
        using var server = new ChatServer((_, c) => ChatServer.Complete(c, "safe"));
        foreach (var host in new[] { "127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1" })
            Failed(Judge(Source(Options($"http://{host}:{server.Port}/v1"), allowPrivate: false))[0], "--allow-private-endpoints");
        Assert.Empty(server.Requests);
    }

    [Fact]
    public void Judge_NobodyThere_IsUnjudged() => Failed(Judge(Source(Options("http://127.0.0.1:1/v1")))[0], "cannot be reached");

    [Fact]
    public void Version_NamesModelAndAddress_NotTheKey() => Assert.Equal("guard-1 at http://127.0.0.1:1/v1, temperature 0", Source(Options("http://127.0.0.1:1/v1/")).Version);

    [Fact]
    public void Cancel_WhileAnAnswerIsAwaited_EndsTheWait()
    {
        using var stop = new CancellationTokenSource();
        using var server = new ChatServer((_, _) => stop.CancelAsync());
        Assert.ThrowsAny<OperationCanceledException>(() => Source(Options(server.Address)).Write(["prompt"], 8, stop.Token));
    }
}
