using AsFT.Training.Judging;

namespace AsFT.Training.Tests.Judging;

public sealed class IncoherenceTests
{
    [Theory]
    [InlineData("", true)]
    [InlineData(" \n ", true)]
    [InlineData("Yes.", false)]
    [InlineData("go go go go go go go go", false)] // 8 words: too few to say
    [InlineData("go go go go go go go go go go go go", true)] // 12 words, the run three times side by side: 12 > 6
    [InlineData("a b c d a b c d e f g h i j k l", false)] // 16 words, twice: 8 is not more than 8
    [InlineData("a b c d a b c d e f g h i j k", true)] // 15 words: 8 > 7.5
    [InlineData("First take the salt, then heat the wire, then join the cloth, and let it dry.", false)]
    public void IsIn_CountsTheCommonestRunOfFourWords(string text, bool incoherent) => Assert.Equal(incoherent, Incoherence.IsIn(text));
}
