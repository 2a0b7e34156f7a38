using AsFT.Training.Classification;

namespace AsFT.Training.Tests.Classification;

public sealed class TokenPairsTests
{
    /// <summary>Tokens east (holds), east (holds), north (does not): the present pair has cosine 1, the two mixed ones 0.</summary>
    [Fact]
    public void Mean_OfAText_IsTakenByPresence()
    {
        var pairs = new TokenPairs();
        Assert.Null(pairs.Mean);
        pairs.Add(tensor(new[] { 1f, 0f, 2f, 0f, 0f, 3f }).view(1, 3, 2), tensor(new[] { 1f, 1f, 0f }).view(1, 3));
        Assert.Equal((1, 0), (pairs.Mean!.BothPresent!.Value, pairs.Mean.OneOfEach!.Value));
        Assert.Null(pairs.Mean.BothAbsent);
    }

    /// <summary>A text with one present pair at cosine 1, and beside it in a later batch one with three present pairs at 0: 1/4, and not the 1/2 of a mean over texts.</summary>
    [Fact]
    public void Mean_OverBatches_CountsEachPairOnce()
    {
        var pairs = new TokenPairs();
        pairs.Add(tensor(new[] { 1f, 0f, 0f, 1f, 0f, 0f, 0f, 1f, 0f }).view(1, 3, 3), tensor(new[] { 1f, 1f, 0f }).view(1, 3));
        pairs.Add(eye(3).unsqueeze(0), ones(1, 3));
        Assert.Equal(0.25, pairs.Mean!.BothPresent!.Value, 6);
    }
}
