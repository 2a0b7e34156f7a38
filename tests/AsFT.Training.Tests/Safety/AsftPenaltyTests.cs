using AsFT.Training.Lora;
using AsFT.Training.Models;
using AsFT.Training.Safety;

namespace AsFT.Training.Tests.Safety;

public sealed class AsftPenaltyTests
{
    private static Projection Module(string name, Tensor a, Tensor b) =>
        new(name, nn.Parameter(zeros(b.shape[0], a.shape[1], dtype: a.dtype))) { Lora = new(nn.Parameter(a.clone()), nn.Parameter(b.clone()), 32, 0) };

    public static TheoryData<string> Cases => [.. Oracle.Case("asft_regularizer")["cases"]!.AsArray().Select(c => (string)c!["name"]!)];

    /// <summary>Value and gradients to 1e-10 in float64; the case with V = 0, NaN in the published code, is left out of the penalty.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Value_AndGradients_EqualThePublishedCode(string name)
    {
        var expected = Oracle.Case("asft_regularizer")["cases"]!.AsArray().Single(c => (string)c!["name"]! == name)!;
        var data = Oracle.Tensors("asft_regularizer", (string)expected["file"]!);
        var module = Module("m", data["A"], data["B"]);
        using var direction = new AlignmentDirection();
        direction.Add("m", data["W_aligned"] - data["W_base"]);
        using var penalty = new AsftPenalty(direction);
        if (expected["value"]!.ToString() == "NaN")
        {
            Assert.Equal(["m"], direction.LeftOut);
            Assert.Equal(0, penalty.Value([module]).ToDouble());
            return;
        }
        var lambda = (double)expected["lambda_reg"]!;
        var value = penalty.Value([module]) * lambda;
        value.backward();
        Assert.Equal((double)expected["value"]!, value.ToDouble(), 1e-10 * Math.Max(1, (double)expected["value"]!));
        Oracle.Close(data["grad_A"], module.Lora!.A.grad!, 1e-10 * Math.Max(1, data["grad_A"].abs().max().ToDouble()));
        Oracle.Close(data["grad_B"], module.Lora!.B.grad!, 1e-10 * Math.Max(1, data["grad_B"].abs().max().ToDouble()));
    }

    [Fact]
    public void Value_OverSeveralModules_IsTheSumPairedByName()
    {
        var expected = Oracle.Case("asft_regularizer")["multi_module"]!;
        var data = Oracle.Tensors("asft_regularizer", "multi_module.safetensors");
        using var direction = new AlignmentDirection();
        var modules = expected["order"]!.AsArray().Select(n => Module((string)n!, data[$"{n}.A"], data[$"{n}.B"])).ToList();
        foreach (var module in Enumerable.Reverse(modules)) direction.Add(module.Name, data[$"{module.Name}.W_aligned"] - data[$"{module.Name}.W_base"]); // order must not matter
        using var penalty = new AsftPenalty(direction);
        Assert.Equal((double)expected["value"]!, penalty.Value(modules).ToDouble(), 1e-10);
        // The published code pairs by index and gets another number when only layer 1 is adapted; by name it is this one.
        var byName = (double)expected["index_pairing_trap"]!["value_if_paired_by_name"]!;
        Assert.Equal(byName, penalty.Value(modules.Where(m => m.Name.Contains("layers.1.")).ToList()).ToDouble(), 1e-10);
    }

    /// <summary>The slow form of the published code, ‖(I − VVᵀ/‖V‖) BA‖²_F, kept as the reference.</summary>
    [Fact]
    public void Value_InFactoredForm_EqualsThePlainForm()
    {
        manual_seed(3);
        var (v, a, b) = (randn(20, 12, dtype: ScalarType.Float64), randn(4, 12, dtype: ScalarType.Float64), randn(20, 4, dtype: ScalarType.Float64));
        using var direction = new AlignmentDirection();
        direction.Add("m", v);
        using var penalty = new AsftPenalty(direction);
        var plain = mm(eye(20, dtype: ScalarType.Float64) - mm(v, v.t()) / v.norm(), mm(b, a)).square().sum().ToDouble();
        Assert.Equal(plain, penalty.Value([Module("m", a, b)]).ToDouble(), 1e-10 * plain);
        using var reversed = new AsftPenalty(direction, reversed: true);
        var along = mm(mm(v, v.t()) / v.norm(), mm(b, a)).square().sum().ToDouble();
        Assert.Equal(along, reversed.Value([Module("m", a, b)]).ToDouble(), 1e-10 * along);
    }
}
