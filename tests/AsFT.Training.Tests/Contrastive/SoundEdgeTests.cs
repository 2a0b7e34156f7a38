using AsFT.Experiments.Specification;
using AsFT.Training.Contrastive;

namespace AsFT.Training.Tests.Contrastive;

/// <summary>Batches on which the published form is NaN, constant or numerically lost: the sound form is finite on all, with its gradients.</summary>
public sealed class SoundEdgeTests
{
    private const int D = 8;

    /// <summary>Name; labels of each text; number of labels; factor on vectors and logits.</summary>
    private static readonly (string Name, int[][] Labels, int Count, double Scale)[] Batches =
    [
        ("no text has a label", [[], [], []], 5, 1),
        ("one text has no label", [[0], [], [0, 1]], 5, 1),
        ("every text has every label", [[0, 1], [0, 1], [0, 1]], 2, 1),
        ("one text has every label", [[0, 1, 2], [0], [2]], 3, 1),
        ("all sets are equal", [[1, 3], [1, 3], [1, 3], [1, 3]], 4, 1),
        ("no two sets meet", [[0], [1], [2]], 3, 1),
        ("one text", [[0, 2]], 3, 1),
        ("one text without labels", [[]], 3, 1),
        ("vectors of zero", [[0, 1], [0, 1], [1]], 3, 0),
        ("short vectors", [[0, 1], [0, 1], [1]], 3, 1e-20),
        ("long vectors", [[0, 1], [0, 1], [1]], 3, 1e25),
        ("500 labels", [[0, 499], [0, 499], [7, 8], []], 500, 1),
    ];

    public static MatrixTheoryData<LossKind, string, ScalarType> All =>
        new(Enum.GetValues<LossKind>(), Batches.Select(b => b.Name), [ScalarType.Float32, ScalarType.BFloat16, ScalarType.Float64]);

    [Theory]
    [MemberData(nameof(All))]
    public void Of_AnEdge_IsFiniteWithItsGradients(LossKind kind, string edge, ScalarType type)
    {
        var (_, labels, count, scale) = Batches.Single(b => b.Name == edge);
        manual_seed(2);
        var targets = Targets(labels, count).to(type);
        Tensor Leaf(params long[] shape) => (randn(shape) * scale).to(type).requires_grad_();
        Tensor sentences = Leaf(labels.Length, D), tokens = Leaf(labels.Length, count, D), logits = Leaf(labels.Length, count);
        var terms = new ContrastiveLoss(kind, Alpha: 0.5, Temperature: 0.5).Of(new(sentences, tokens, logits, targets));
        terms.Total.backward();
        Assert.True(double.IsFinite(terms.Total.ToDouble()), $"the loss is {terms.Total.ToDouble()}");
        Assert.NotNull(logits.grad);
        foreach (var x in new[] { sentences, tokens, logits }.Where(x => x.grad is not null))
            Assert.True(x.grad!.isfinite().all().ToBoolean(), $"a gradient is not finite at ({string.Join(", ", x.shape)})");
    }

    [Theory]
    [InlineData(LossKind.Scl, "no two sets meet"), InlineData(LossKind.Jscl, "no two sets meet"), InlineData(LossKind.Jspcl, "no two sets meet"), InlineData(LossKind.Slcl, "no two sets meet")]
    [InlineData(LossKind.Icl, "no two sets meet"), InlineData(LossKind.Joint, "every text has every label"), InlineData(LossKind.Joint, "no text has a label")]
    [InlineData(LossKind.Scl, "one text"), InlineData(LossKind.Jscl, "no text has a label"), InlineData(LossKind.Slcl, "no text has a label"), InlineData(LossKind.Icl, "no text has a label")]
    public void Of_WithoutAnyPositive_IsZeroWithGradientsZero(LossKind kind, string edge)
    {
        var (_, labels, count, _) = Batches.Single(b => b.Name == edge);
        var inputs = new[] { randn(labels.Length, D), randn(labels.Length, count, D), randn(labels.Length, count) }.Select(t => t.requires_grad_()).ToList();
        var second = new ContrastiveLoss(kind).Of(new(inputs[0], inputs[1], inputs[2], Targets(labels, count))).Second!;
        second.backward();
        Assert.Equal(0, second.ToDouble());
        Assert.Equal(0, inputs.Where(t => t.grad is not null).Sum(t => t.grad!.abs().sum().ToDouble()));
    }

    [Fact]
    public void Of_LowerPrecision_IsComputedInFloat32()
    {
        var (x, o, y) = (randn(6, D).to(ScalarType.BFloat16), randn(6, 3).to(ScalarType.BFloat16), (rand(6, 3) < 0.5).to(ScalarType.BFloat16));
        var low = new ContrastiveLoss(LossKind.Jscl).Of(new(x, null, o, y)).Total;
        Assert.Equal(ScalarType.Float32, low.dtype);
        Assert.Equal(new ContrastiveLoss(LossKind.Jscl).Of(new(x.to(ScalarType.Float32), null, o.to(ScalarType.Float32), y.to(ScalarType.Float32))).Total.ToDouble(), low.ToDouble());
    }

    private static Tensor Targets(int[][] labels, int count)
    {
        var y = new float[labels.Length, count];
        for (var i = 0; i < labels.Length; i++)
            foreach (var a in labels[i]) y[i, a] = 1;
        return tensor(y);
    }
}
