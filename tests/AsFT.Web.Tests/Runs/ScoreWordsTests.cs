using AsFT.Experiments.Events;
using AsFT.Web.Runs;

namespace AsFT.Web.Tests.Runs;

public sealed class ScoreWordsTests
{
    [Fact]
    public void Scores_KnownOnesFirst_WithoutBounds()
    {
        var values = new Dictionary<string, double> { ["eval/new"] = 1, ["eval/accuracy"] = 0.5, ["eval/accuracy_low"] = 0.4, ["eval/accuracy_high"] = 0.6, ["eval/harmful"] = 0.1 };
        Assert.Equal(["eval/harmful", "eval/accuracy", "eval/new"], ScoreWords.Scores(values).Select(v => v.Key));
    }

    [Theory]
    [InlineData("complied", "safe", true)]
    [InlineData("refused", "complied", true)]
    [InlineData("refused", "safe", false)]
    [InlineData("complied", "complied", false)]
    [InlineData("complied", "unjudged", false)]
    [InlineData("unjudged", "complied", false)]
    [InlineData("complied", null, false)]
    public void Disputed_IsWhereOneSaysHarmful(string first, string? second, bool disputed) =>
        Assert.Equal(disputed, ScoreWords.Disputed(new Sample(1, "harmful", "p", "a", first) { SecondVerdict = second }));

    [Theory]
    [InlineData("harmful", "complied", "harmful")]
    [InlineData("harmless", "complied", "answered")]
    [InlineData("harmful", "unjudged", "unjudged")]
    public void Verdict_FitsItsSet(string set, string verdict, string word) => Assert.Equal(word, ScoreWords.Verdict(set, verdict));

    [Fact]
    public void Of_AnUnknownSeries_IsCalledByItsOwnName() => Assert.Equal(("eval/new", ""), ScoreWords.Of("eval/new"));
}
