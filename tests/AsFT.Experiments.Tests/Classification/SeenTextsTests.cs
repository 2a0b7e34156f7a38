using AsFT.Experiments.Classification;

namespace AsFT.Experiments.Tests.Classification;

public sealed class SeenTextsTests : Workplace
{
    [Fact]
    public void Contains_WhatWasWritten_ButForSpacesAtItsEnds()
    {
        SeenTexts.Read(At("")).With(["a day", " no day "]).Write(At(""));
        var seen = SeenTexts.Read(At("")).With(["one more"]);
        Assert.All(["a day", "no day", "a day\n", "one more"], t => Assert.True(seen.Contains(t)));
        Assert.All(["A day", "a  day", ""], t => Assert.False(seen.Contains(t)));
    }

    [Fact]
    public void Read_WhereNothingWasKept_IsEmpty() => Assert.False(SeenTexts.Read(At("")).Contains("a day"));
}
