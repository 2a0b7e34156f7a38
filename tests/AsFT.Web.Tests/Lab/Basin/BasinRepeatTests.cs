using AsFT.Experiments.Events;
using AsFT.Web.Lab.Basin;

namespace AsFT.Web.Tests.Lab.Basin;

public sealed class BasinRepeatTests
{
    private static LandscapePoint Point(double alpha, double harmful, double low = 0) => new(1, "alignment", alpha, null, 0, new Dictionary<string, double> { ["eval/harmful"] = harmful, ["eval/harmful_low"] = low }, "");

    [Fact]
    public void Sentence_ComparesPlaceByPlace()
    {
        LandscapePoint[] first = [Point(0, 0.1), Point(0.5, 0.4), Point(1, 0.9)];
        Assert.Equal("at all 3 common places, all scores are the same to the last digit.", BasinRepeat.Sentence(first, first));
        Assert.Equal("at the one common place, all scores are the same to the last digit.", BasinRepeat.Sentence(first, [Point(0.5, 0.4, 0.2)])); // the bounds follow from the share
        Assert.Equal("at all 2 common places compared, there are differences: Harmful at 1 of them by at most 0.25.", BasinRepeat.Sentence(first, [Point(0, 0.1), Point(0.5, 0.65), Point(2, 0)]));
        Assert.Equal("no place is common to both yet.", BasinRepeat.Sentence(first, []));
    }
}
