using AsFT.Experiments.Specification;
using AsFT.Training.Contrastive;

namespace AsFT.Training.Tests.Contrastive;

public sealed class ContrastiveLossTests
{
    private static ContrastiveInput Batch(float[,] logits, float[,] targets) => new(randn(logits.GetLength(0), 4), null, tensor(logits), tensor(targets));

    [Fact]
    public void Of_WeighsTheTermsByAlpha()
    {
        var batch = Batch(new float[,] { { 1, -2 }, { 0.5f, 3 } }, new float[,] { { 1, 0 }, { 1, 0 } });
        var terms = new ContrastiveLoss(LossKind.Scl, Alpha: 0.25).Of(batch);
        Assert.Equal(0.75 * terms.Bce.ToDouble() + 0.25 * terms.Second!.ToDouble(), terms.Total.ToDouble(), 1e-6);
    }

    [Fact]
    public void Of_Bce_IgnoresAlpha() // at o = 0 every entry is log 2
        => Assert.Equal(Math.Log(2), new ContrastiveLoss(LossKind.Bce, Alpha: 0.9).Of(Batch(new float[2, 3], new float[,] { { 1, 0, 0 }, { 1, 1, 0 } })).Total.ToDouble(), 1e-6);

    [Fact]
    public void Of_PositiveWeights_CountPositivesOfTheirLabel() // log 2 · (3 + 1 + 1 + 1)/4: only the positive of label 0 counts threefold
        => Assert.Equal(1.5 * Math.Log(2), new ContrastiveLoss(LossKind.Bce) { PositiveWeights = tensor(new float[] { 3, 1 }) }.Of(Batch(new float[2, 2], new float[,] { { 1, 1 }, { 0, 0 } })).Total.ToDouble(), 1e-6);

    [Fact]
    public void Of_Joint_IsTheMeanOverTextsAndPairs()
    {
        // σ(log 3) = 3/4, σ(0) = 1/2. Text 0: present 3/4, absent 1/2 and 1/2: exp(−1/4) twice. Text 1 has no label: 0. Text 2 has all: 0.
        var ln3 = MathF.Log(3);
        var terms = new ContrastiveLoss(LossKind.Joint).Of(Batch(new float[,] { { ln3, 0, 0 }, { 1, 2, 3 }, { 1, 2, 3 } }, new float[,] { { 1, 0, 0 }, { 0, 0, 0 }, { 1, 1, 1 } }));
        Assert.Equal(Math.Exp(-0.25) / 3, terms.Second!.ToDouble(), 1e-6);
    }

    [Theory]
    [InlineData(LossKind.Slcl)]
    [InlineData(LossKind.Bce)] // which is refused
    public void Second_OfAFewNumbers_LeavesLibtorchItsThreads(LossKind kind)
    {
        var before = get_num_threads();
        set_num_threads(3);
        try
        {
            Record.Exception(() => new ContrastiveLoss(kind).Second(Batch(new float[2, 2], new float[2, 2])));
            Assert.Equal(3, get_num_threads());
        }
        finally
        {
            set_num_threads(before);
        }
    }

    [Fact]
    public void Of_IclWithoutLabelTokens_IsRefused()
        => Assert.Throws<InvalidOperationException>(() => new ContrastiveLoss(LossKind.Icl).Of(Batch(new float[2, 2], new float[2, 2])));

    [Fact]
    public void Input_OfShapesThatDoNotBelongTogether_NamesThem()
    {
        var fault = Assert.Throws<ArgumentException>(() => new ContrastiveInput(zeros(3, 4), null, zeros(3, 2), zeros(2, 2)));
        Assert.Contains("sentences (3, 4), label tokens none, logits (3, 2) and targets (2, 2)", fault.Message);
    }
}
