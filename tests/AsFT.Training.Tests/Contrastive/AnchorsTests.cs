using AsFT.Experiments.Specification;
using AsFT.Training.Contrastive;

namespace AsFT.Training.Tests.Contrastive;

public sealed class AnchorsTests
{
    // Sets {0}, {0}, {0, 1}, {2}, {}, of four labels.
    private static readonly float[,] Sets = { { 1, 0, 0, 0 }, { 1, 0, 0, 0 }, { 1, 1, 0, 0 }, { 0, 0, 1, 0 }, { 0, 0, 0, 0 } };

    [Theory]
    [InlineData(LossKind.Scl, LossForm.Sound, 2, 5)] // texts 0 and 1
    [InlineData(LossKind.Scl, LossForm.Published, 2, 5)]
    [InlineData(LossKind.Jscl, LossForm.Sound, 3, 5)] // texts 0, 1, 2 share label 0
    [InlineData(LossKind.Jspcl, LossForm.Sound, 3, 5)]
    [InlineData(LossKind.Jscl, LossForm.Published, 5, 5)] // every other text is a positive
    [InlineData(LossKind.Slcl, LossForm.Sound, 3, 5)] // of 5 labels that texts have, label 0 is had by three
    [InlineData(LossKind.Slcl, LossForm.Published, 18, 20)] // alone in their state: label 1 of text 2, label 2 of text 3
    [InlineData(LossKind.Icl, LossForm.Sound, 2, 5)] // only text 2 has two
    [InlineData(LossKind.Icl, LossForm.Published, 17, 20)] // alone: the one label of texts 0, 1 and 3
    [InlineData(LossKind.Bce, LossForm.Sound, null, null)]
    [InlineData(LossKind.Joint, LossForm.Sound, null, null)]
    public void Count_OfSets_IsOfTheirAnchors(LossKind kind, LossForm form, int? paired, int? all)
    {
        var expected = paired is { } p && all is { } a ? (p, a) : ((int, int)?)null;
        Assert.Equal(expected, Anchors.Count(kind, form, tensor(Sets)));
    }

    [Theory]
    [InlineData(LossKind.Scl, 1), InlineData(LossKind.Jscl, 1), InlineData(LossKind.Slcl, 0), InlineData(LossKind.Icl, 0)]
    public void Count_OfOneTextWithoutLabels_FindsNoPair(LossKind kind, int all) => Assert.Equal((0, all), Anchors.Count(kind, LossForm.Sound, zeros(1, 3)));

    [Theory]
    [InlineData(LossKind.Jscl, LossForm.Published, 1)]
    [InlineData(LossKind.Jspcl, LossForm.Published, 1)]
    [InlineData(LossKind.Joint, LossForm.Published, 2)]
    [InlineData(LossKind.Jscl, LossForm.Sound, 0)]
    [InlineData(LossKind.Joint, LossForm.Sound, 0)]
    [InlineData(LossKind.Slcl, LossForm.Published, 0)]
    public void Undefined_CountsTheTextsThatMakeTheLossNaN(LossKind kind, LossForm form, int count)
    {
        var targets = tensor(new float[,] { { 1, 1 }, { 0, 0 }, { 1, 1 }, { 1, 0 } });
        Assert.Equal(count, Anchors.Undefined(kind, form, targets));
        var loss = new ContrastiveLoss(kind, form).Of(new(randn(4, 3), null, randn(4, 2), targets)).Total;
        Assert.Equal(count > 0, double.IsNaN(loss.ToDouble()));
    }
}
