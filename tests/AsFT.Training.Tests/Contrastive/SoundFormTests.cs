using AsFT.Experiments.Specification;
using AsFT.Training.Contrastive;

namespace AsFT.Training.Tests.Contrastive;

public sealed class SoundFormTests
{
    private static readonly double E = Math.E;

    public static TheoryData<LossKind> Contrastive => [.. Enum.GetValues<LossKind>().Where(k => k.IsContrastive())];

    private static Tensor Loss(LossKind kind, ContrastiveInput batch, double tau = 1) => new ContrastiveLoss(kind, LossForm.Sound, 1, tau).Of(batch).Total;

    private static ContrastiveInput Random(int b, int l, double share = 0.3, int seed = 5)
    {
        manual_seed(seed);
        return new(randn(b, 6, ScalarType.Float64), randn(b, l, 6, ScalarType.Float64), randn(b, l, ScalarType.Float64), (rand(b, l) < share).to(ScalarType.Float64));
    }

    [Theory]
    [MemberData(nameof(Contrastive))]
    public void Of_RandomBatches_EqualsPlainLoops(LossKind kind)
    {
        foreach (var (b, l, tau) in new[] { (2, 8, 1.0), (7, 2, 0.5), (16, 5, 1.9), (5, 30, 0.1) })
        {
            var batch = Random(b, l);
            Assert.Equal(SoundLoops.Of(kind, batch, tau), Loss(kind, batch, tau).ToDouble(), 1e-10);
        }
    }

    // Directions (1,0), (0,1), (0,1) and τ = 1: s₀₁ = s₀₂ = 0, s₁₂ = 1. So p₀₁ = p₀₂ = 1/2, p₁₀ = p₂₀ = 1/(1+e), p₁₂ = p₂₁ = e/(1+e).
    private static ContrastiveInput Three(float[,] targets) =>
        new(tensor(new float[,] { { 1, 0 }, { 0, 2 }, { 0, 3 } }), null, tensor(new float[,] { { 99, -999 }, { -999, 9 }, { -999, 99 } }), tensor(targets));

    [Fact]
    public void Scl_OfTwoEqualSets_LeavesTheThirdOut() // anchors 1 and 2, −log p₁₂ = −log p₂₁
        => Assert.Equal((Math.Log(1 + E) - 1) / 0.07, Loss(LossKind.Scl, Three(new float[,] { { 1, 0 }, { 0, 1 }, { 0, 1 } })).ToDouble(), 1e-5);

    [Theory] // with these logits the probabilities have the directions of the sentence vectors
    [InlineData(LossKind.Jscl)]
    [InlineData(LossKind.Jspcl)]
    public void Jaccard_OfPartlyEqualSets_WeighsThePositives(LossKind kind)
    {
        // {0}, {0,1}, {1}: J₀₁ = J₁₂ = 1/2, J₀₂ = 0. Anchor 0: log 2; anchor 1: mean of log(1+e) and log(1+e) − 1; anchor 2: log(1+e) − 1.
        var expected = (Math.Log(2) + (Math.Log(1 + E) - 0.5) + (Math.Log(1 + E) - 1)) / 3 / 0.07;
        Assert.Equal(expected, Loss(kind, Three(new float[,] { { 1, 0 }, { 1, 1 }, { 0, 1 } })).ToDouble(), 1e-4);
    }

    [Fact]
    public void Slcl_OfTwoLabels_IsTheMeanOverLabelsThatAreShared()
    {
        // Label 0 (texts 0, 1): mean of log 2 and log(1+e). Label 1 (texts 1, 2): log(1+e) − 1 twice. Divided by B = 3.
        var expected = ((Math.Log(2) + Math.Log(1 + E)) / 2 + Math.Log(1 + E) - 1) / 2 / 3 / 0.07;
        Assert.Equal(expected, Loss(LossKind.Slcl, Three(new float[,] { { 1, 0 }, { 1, 1 }, { 0, 1 } })).ToDouble(), 1e-5);
    }

    [Fact]
    public void Slcl_OfALabelThatBothLack_IsZero() // two texts with different labels share an absence only
        => Assert.Equal(0, Loss(LossKind.Slcl, new(randn(2, 4), null, randn(2, 3), tensor(new float[,] { { 1, 0, 0 }, { 0, 1, 0 } }))).ToDouble());

    [Fact]
    public void Icl_OfATextWithOneLabel_SkipsIt()
    {
        // Text 0 has labels 0 and 1 of three: −log p₀₁ = log 2, −log p₁₀ = log(1+e). Text 1 has one label. Divided by L = 3.
        var tokens = tensor(new float[,,] { { { 1, 0 }, { 0, 2 }, { 0, 3 } }, { { 1, 5 }, { 2, 2 }, { 7, 3 } } });
        var batch = new ContrastiveInput(zeros(2, 2), tokens, zeros(2, 3), tensor(new float[,] { { 1, 1, 0 }, { 0, 0, 1 } }));
        Assert.Equal((Math.Log(2) + Math.Log(1 + E)) / 2 / 3 / 0.07, Loss(LossKind.Icl, batch).ToDouble(), 1e-5);
    }

    [Theory]
    [MemberData(nameof(Contrastive))]
    public void Of_TextsInAnotherOrder_IsTheSame(LossKind kind)
    {
        var batch = Random(9, 6);
        var order = randperm(9);
        Assert.Equal(Loss(kind, batch).ToDouble(), Loss(kind, new(batch.Sentences[order], batch.LabelTokens[order], batch.Logits[order], batch.Targets[order])).ToDouble(), 1e-10);
    }

    [Theory]
    [InlineData(LossKind.Scl), InlineData(LossKind.Jscl), InlineData(LossKind.Slcl), InlineData(LossKind.Icl)]
    public void Of_LongerVectors_IsTheSame(LossKind kind)
    {
        var batch = Random(9, 3);
        var longer = new ContrastiveInput(batch.Sentences * 7, batch.LabelTokens * 7, batch.Logits, batch.Targets);
        Assert.NotEqual(0, Loss(kind, batch).ToDouble());
        Assert.Equal(Loss(kind, batch).ToDouble(), Loss(kind, longer).ToDouble(), 1e-10);
    }

    [Theory]
    [MemberData(nameof(Contrastive))]
    public void Gradient_EqualsCentralDifferences(LossKind kind)
    {
        var batch = Random(6, 4, share: 0.5);
        var x = kind switch { LossKind.Icl => batch.LabelTokens, LossKind.Jspcl => batch.Logits, _ => batch.Sentences };
        Loss(kind, Leaf(x.requires_grad_())).backward();
        var (gradient, flat, largest) = (x.grad!.flatten(), x.detach().flatten(), 0.0);
        for (var i = 0; i < flat.numel(); i++)
        {
            double At(double shift)
            {
                var moved = flat.clone();
                moved[i] += shift;
                return Loss(kind, Leaf(moved.reshape(x.shape))).ToDouble();
            }
            Assert.Equal((At(1e-6) - At(-1e-6)) / 2e-6, gradient[i].ToDouble(), 1e-6);
            largest = Math.Max(largest, Math.Abs(gradient[i].ToDouble()));
        }
        Assert.True(largest > 1e-3);

        ContrastiveInput Leaf(Tensor t) => kind switch
        {
            LossKind.Icl => new(batch.Sentences, t, batch.Logits, batch.Targets),
            LossKind.Jspcl => new(batch.Sentences, batch.LabelTokens, t, batch.Targets),
            _ => new(t, batch.LabelTokens, batch.Logits, batch.Targets),
        };
    }
}
