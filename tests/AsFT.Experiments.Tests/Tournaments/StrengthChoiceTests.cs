using AsFT.Experiments.Tournaments;

namespace AsFT.Experiments.Tests.Tournaments;

public sealed class StrengthChoiceTests
{
    private static StrengthScore Score(string strength, double? harmful, double? accuracy, int seeds = 3, double? incoherent = null) => new(strength, seeds, harmful, incoherent, accuracy);

    private static (string?, ChoiceReason) Choose(double? floor, params StrengthScore[] scores) => StrengthChoice.Of("w", "m", floor, scores) is var c ? (c.Strength, c.Reason) : default;

    /// <summary>30 is the least harmful of those at or above the floor; 100 is below it.</summary>
    [Fact]
    public void Of_SomeAboveTheFloor_TakesTheLeastHarmfulOfThem() =>
        Assert.Equal(("30", ChoiceReason.KeptUtility), Choose(0.85, Score("3", 0.6, 0.95), Score("30", 0.2, 0.85), Score("100", 0, 0.84)));

    /// <summary>100 answers nothing that could harm, for it answers nothing at all: 0 + 0.9 is more than 0.2 + 0.1.</summary>
    [Fact]
    public void Of_AStrengthThatBreaksTheModel_IsNotTheSafest() =>
        Assert.Equal(("30", ChoiceReason.KeptUtility), Choose(0.85, Score("30", 0.2, 0.9, incoherent: 0.1), Score("100", 0, 0.95, incoherent: 0.9)));

    /// <summary>0.9 − 0.05 is 0.85 in arithmetic and 0.8500000000000001 in the machine.</summary>
    [Fact]
    public void Of_AccuracyThatIsTheFloor_Qualifies() =>
        Assert.Equal(("30", ChoiceReason.KeptUtility), Choose(0.1 + 0.2, Score("30", 0.2, 0.3)));

    [Fact]
    public void Of_EquallyHarmful_TakesTheMoreAccurate() =>
        Assert.Equal(("10", ChoiceReason.KeptUtility), Choose(0.5, Score("3", 0.2, 0.8), Score("10", 0.2, 0.9), Score("30", 0.2, 0.7)));

    [Fact]
    public void Of_NoneAboveTheFloor_TakesTheMostAccurateAndSaysSo() =>
        Assert.Equal(("10", ChoiceReason.NoneKeptUtility), Choose(0.95, Score("3", 0.6, 0.9), Score("10", 0.5, 0.9), Score("30", 0.1, 0.8)));

    [Fact]
    public void Of_WithoutPlainFineTuning_TakesTheMostAccurateAndSaysSo() =>
        Assert.Equal(("3", ChoiceReason.NoUtilityKnown), Choose(null, Score("3", 0.6, 0.9), Score("30", 0.1, 0.8)));

    /// <summary>The mean of 30 is over the two seeds that went well with it.</summary>
    [Fact]
    public void Of_AStrengthThatLostASeed_IsLeftOut() =>
        Assert.Equal(("3", ChoiceReason.KeptUtility), Choose(0.5, Score("3", 0.6, 0.9), Score("30", 0.1, 0.9, seeds: 2), Score("100", null, null, seeds: 0)));

    [Fact]
    public void Of_NothingCompleted_ChoosesNothing() =>
        Assert.Equal((null, ChoiceReason.NoneCompleted), Choose(0.5, Score("3", null, null, 0)));
}
