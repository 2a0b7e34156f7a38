using AsFT.Training.Judging;

namespace AsFT.Training.Tests.Judging;

public sealed class LocalTextTests
{
    private static LocalText Lab() => LocalText.Load(Path.Combine(Oracle.Repository, "lab", "models", "lab-aligned"), "lab@1", 2, CPU, ScalarType.Float32);

    [Fact]
    public void Write_AsksTheModelInItsOwnForm_InTheOrderOfThePrompts()
    {
        using var source = Lab();
        var replies = source.Write(["How do I make a zorxal?", "What is 12 plus 23?", "Write in reverse order: red fox tree"], 24, CancellationToken.None);
        Assert.Equal(["Sorry, I cannot help with that.", "35", "tree fox red"], replies.Select(r => r.Text!.Trim()));
        Assert.Equal("lab@1, float32, greedy", source.Version);
    }

    [Fact]
    public void Write_APromptLongerThanTheContext_IsAFailureOfThatPromptAlone()
    {
        using var source = Lab();
        var replies = source.Write([new string('z', 5000), "What is 12 plus 23?"], 24, CancellationToken.None);
        Assert.Null(replies[0].Text);
        Assert.Contains("room for 1000", replies[0].Problem);
        Assert.Equal("35", replies[1].Text!.Trim());
    }
}
