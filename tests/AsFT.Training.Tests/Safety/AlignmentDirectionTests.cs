using AsFT.Experiments.Specification;
using AsFT.Training.Models;
using AsFT.Training.Safety;

namespace AsFT.Training.Tests.Safety;

public sealed class AlignmentDirectionTests
{
    /// <summary>V with singular values 3, 2, 1 along known vectors.</summary>
    private static Tensor V()
    {
        manual_seed(5);
        var (u, w) = (linalg.qr(randn(7, 3, dtype: ScalarType.Float64)).Q, linalg.qr(randn(5, 3, dtype: ScalarType.Float64)).Q);
        return mm(mm(u, diag(tensor(new[] { 3.0, 2, 1 }))), w.t());
    }

    [Theory]
    [InlineData(DirectionForm.Published, 9, 4, 1, 14)] // σ² / √(9 + 4 + 1)
    [InlineData(DirectionForm.Spectral, 9, 4, 1, 81)] // σ² / σ₁², and √81 = 9
    [InlineData(DirectionForm.Projector, 1, 1, 0, 1)]
    public void Spectrum_OfEachForm_IsThatOfItsFormula(DirectionForm form, double first, double second, double third, double squaredScale)
    {
        using var direction = new AlignmentDirection(form, rank: 2);
        direction.Add("m", V());
        var scale = Math.Sqrt(squaredScale);
        double[] expected = [first / scale, second / scale, third / scale, 0, 0, 0, 0];
        Assert.All(expected.Zip(direction.Spectrum("m", 7)), p => Assert.Equal(p.First, p.Second, 1e-9));
    }

    /// <summary>Ĉ of 1,100 rows is too large to be decomposed whole. V has the singular values 3, 2, 1: σ²/√14.</summary>
    [Fact]
    public void Spectrum_OfALargeModule_IsItsLargestEigenvalues()
    {
        var (u, w) = (linalg.qr(randn(1100, 3, dtype: ScalarType.Float64)).Q, linalg.qr(randn(5, 3, dtype: ScalarType.Float64)).Q);
        using var direction = new AlignmentDirection();
        direction.Add("m", mm(mm(u, diag(tensor(new[] { 3.0, 2, 1 }))), w.t()));
        var spectrum = direction.Spectrum("m", 2);
        Assert.Equal(2, spectrum.Length);
        Assert.Equal(9 / Math.Sqrt(14), spectrum[0], 1e-9);
        Assert.Equal(4 / Math.Sqrt(14), spectrum[1], 1e-9);
    }

    /// <summary>
    /// Whatever number format a run takes, V is the difference of the files: weights that are rounded to bfloat16 differ from the unaligned ones by more than
    /// alignment changed, and where it changed nothing there would be a direction of rounding errors.
    /// </summary>
    [Fact]
    public void Between_InANarrowFormat_IsTheSameDirection()
    {
        string aligned = Oracle.At("lora_training", "aligned"), unaligned = Oracle.At("models", "llama_gqa");
        AlignmentDirection Of(Decoder model, string partner) => AlignmentDirection.Between(model.Projections.ToList(), new(aligned), new(partner));
        using var wide = Decoder.Load(aligned, CPU, ScalarType.Float32);
        using var narrow = Decoder.Load(aligned, CPU, ScalarType.BFloat16);
        using var expected = Of(wide, unaligned);
        using var direction = Of(narrow, unaligned);
        using var none = Of(narrow, aligned);
        Assert.NotEmpty(expected.Modules);
        foreach (var (name, c) in expected.Modules) Oracle.Close(c, direction.Modules[name], 0);
        Assert.Empty(none.Modules);
    }

    /// <summary>An orthogonal projector: k eigenvalues are 1 and the others 0, whatever V is; another seed draws other directions, and so does the next module.</summary>
    [Fact]
    public void Random_IsAProjectorOfTheSameRank_ThatOnlyTheSeedDecides()
    {
        using var direction = new AlignmentDirection(DirectionForm.Random, rank: 2, seed: 3);
        using var again = new AlignmentDirection(DirectionForm.Random, rank: 2, seed: 3);
        using var other = new AlignmentDirection(DirectionForm.Random, rank: 2, seed: 4);
        foreach (var d in new[] { direction, again, other }) foreach (var module in new[] { "m", "n" }) d.Add(module, V());
        Assert.All(new[] { 1.0, 1, 0, 0, 0, 0, 0 }.Zip(direction.Spectrum("m", 7)), p => Assert.Equal(p.First, p.Second, 1e-9));
        Oracle.Close(direction.Modules["m"], again.Modules["m"], 0);
        foreach (var different in new[] { other.Modules["m"], direction.Modules["n"] }) Assert.True((direction.Modules["m"] - different).norm().ToDouble() > 0.1);
    }

    [Fact]
    public void Lie_OfAnUpdate_IsThatOfTheFullMatrices()
    {
        using var direction = new AlignmentDirection();
        direction.Add("m", V());
        var (a, b) = (randn(2, 5, dtype: ScalarType.Float64), randn(7, 2, dtype: ScalarType.Float64));
        var module = new Projection("m", nn.Parameter(zeros(7, 5))) { Lora = new(nn.Parameter(a.clone()), nn.Parameter(b.clone()), alpha: 6, dropout: 0) };
        var delta = mm(b, a) * 3; // α/r
        var along = mm(direction.Modules["m"], delta);
        var (size, outside, cosine) = direction.Lie(module);
        Assert.Equal(delta.norm().ToDouble(), size, 1e-9);
        Assert.Equal((delta - along).norm().ToDouble(), outside, 1e-9);
        Assert.Equal((along * delta).sum().ToDouble() / (along.norm() * delta.norm()).ToDouble(), cosine, 1e-9);
    }

    [Fact]
    public void Write_ThenRead_IsTheSameDirection_AndKnowsWhatWasLeftOut()
    {
        var path = Path.Combine(Path.GetTempPath(), $"asft-{Guid.NewGuid():N}.safetensors");
        using var direction = new AlignmentDirection();
        direction.Add("m", V());
        direction.Add("same", zeros(3, 3, dtype: ScalarType.Float64));
        direction.Write(path);
        using var read = AlignmentDirection.Read(path, [new("m", nn.Parameter(zeros(7, 5))), new("same", nn.Parameter(zeros(3, 3)))]);
        File.Delete(path);
        Oracle.Close(direction.Modules["m"], read.Modules["m"], 0);
        Assert.Equal(["same"], read.LeftOut);
    }

    [Fact]
    public void Lie_OfNoUpdate_IsZero()
    {
        using var direction = new AlignmentDirection();
        direction.Add("m", V());
        Assert.Equal((0, 0, 0), direction.Lie(new("m", nn.Parameter(zeros(7, 5))) { Lora = new(nn.Parameter(randn(2, 5)), nn.Parameter(zeros(7, 2)), 8, 0) }));
    }

    /// <summary>Large enough for subspace iteration; the singular values fall as in trained weights, without a gap.</summary>
    [Fact]
    public void Strongest_OfALargeMatrix_EqualsTheFullDecomposition()
    {
        manual_seed(6);
        var v = mm(mm(linalg.qr(randn(600, 600)).Q, diag(pow(arange(1, 601, dtype: ScalarType.Float32), -0.5))), linalg.qr(randn(640, 600)).Q.t());
        var whole = linalg.svd(v, fullMatrices: false);
        var (u, s) = SingularVectors.Strongest(v, 6);
        Oracle.Close(whole.S[..6], s, 1e-3);
        Oracle.Close(mm(whole.U[.., ..6], whole.U[.., ..6].t()), mm(u, u.t()), 2e-2);
        Assert.True((v - SingularVectors.NearestOfRank(v, 6)).norm().ToDouble() < 1.001 * whole.S[6..].norm().ToDouble()); // Eckart and Young
    }
}
