using AsFT.Experiments.Specification;
using AsFT.Training.Basin;
using AsFT.Training.Lora;

namespace AsFT.Training.Tests.Basin;

/// <summary>Two matrices of one row: a = [3, 4] with ‖a‖ 5 and b = [0, 2] with ‖b‖ 2, so ‖θ‖² = 29.</summary>
public sealed class WalkGeometryTests
{
    private static readonly Dictionary<string, Tensor> Origin = new() { ["a.weight"] = Row(3, 4), ["b.weight"] = Row(0, 2) };

    /// <summary>Moves both: a by [1, 0], scaled [5, 0], and b by [1, 0], scaled [2, 0].</summary>
    private static readonly Walk Both = new(WalkDirection.Alignment, (_, _) => Row(1, 0));

    /// <summary>Moves a alone: by [1, 1], scaled 5/√2·[1, 1].</summary>
    private static readonly Walk One = new(WalkDirection.Harm, (name, _) => name == "a.weight" ? Row(1, 1) : null);

    [Fact]
    public void Walks_TellWhatIsMoved_AndHowLongItIs()
    {
        var walks = WalkGeometry.Of(Origin, [Both, One], []).Walks;
        Assert.Equal([("alignment", 2, 2), ("harm", 1, 2)], walks.Select(w => (w.Direction, w.Moved, w.Matrices)));
        Close([Math.Sqrt(2 / 29.0), Math.Sqrt(2 / 29.0)], walks.Select(w => w.Length));
        Close([1, 5 / Math.Sqrt(29)], walks.Select(w => w.ScaledLength));
    }

    /// <summary>Plain: ⟨·,·⟩ = 1 over lengths √2 and √2. Scaled: 25/√2 over lengths √29 and 5. In a: 45°.</summary>
    [Fact]
    public void Angles_AreThoseOfAllMatricesTogether_AndOfEach()
    {
        var angle = Assert.Single(WalkGeometry.Of(Origin, [Both, One], []).Angles);
        Assert.Equal(("alignment", "harm"), (angle.First, angle.Second));
        Close([0.5, 5 / Math.Sqrt(2 * 29)], [angle.Plain, angle.Scaled]);
        Close([1 / Math.Sqrt(2)], angle.Modules.Values);
        Assert.Equal(["a.weight"], angle.Modules.Keys);
    }

    /// <summary>An update made of 0.3 of the one and −0.2 of the other is found there; 1 at right angles to both moves nothing but the share.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Path_OfAConstructedUpdate_IsItsPlace_AndTheShareInThePlane(double outside)
    {
        var half = 5 / Math.Sqrt(2);
        var (ax, ay, bx) = (0.3 * 5 - 0.2 * half, -0.2 * half, 0.3 * 2);
        var inside = ax * ax + ay * ay + bx * bx;
        var snapshot = new Snapshot(7, new Dictionary<string, LoraUpdate> { ["a"] = Update(ax, ay), ["b"] = Update(bx, outside) });
        var point = Assert.Single(WalkGeometry.Of(Origin, [Both, One], [snapshot]).Path(WalkDirection.Alignment, WalkDirection.Harm)!);
        Assert.Equal(7, point.Step);
        Close([0.3, -0.2, Math.Sqrt(inside + outside), inside / (inside + outside)], [point.Alpha, point.Beta, point.Length, point.InPlane]);
        var turned = WalkGeometry.Of(Origin, [Both, One], [snapshot]).Path(WalkDirection.Harm, WalkDirection.Alignment)![0];
        Close([-0.2, 0.3], [turned.Alpha, turned.Beta]);
    }

    [Fact]
    public void Path_OfNoUpdate_IsTheOrigin()
    {
        var point = WalkGeometry.Of(Origin, [Both, One], [new(0, new Dictionary<string, LoraUpdate> { ["a"] = Update(0, 0) })]).Path(WalkDirection.Alignment, WalkDirection.Harm)![0];
        Close([0, 0, 0, 1], [point.Alpha, point.Beta, point.Length, point.InPlane]);
    }

    [Fact]
    public void Path_InAPlaneOfOneDirection_IsNone()
    {
        var same = new Walk(WalkDirection.Harm, (_, _) => Row(-3, 0));
        Assert.Null(WalkGeometry.Of(Origin, [Both, same], [new(1, new Dictionary<string, LoraUpdate>())]).Path(WalkDirection.Alignment, WalkDirection.Harm));
        Close([-1], [WalkGeometry.Of(Origin, [Both, same], []).Angles[0].Scaled]);
    }

    private static Tensor Row(params float[] values) => tensor(values, [1, values.Length]);

    private static LoraUpdate Update(double x, double y) => new(nn.Parameter(tensor(new[] { (float)x, (float)y }, [1, 2]), requires_grad: false), nn.Parameter(ones(1, 1), requires_grad: false), 1, 0);

    private static void Close(IEnumerable<double> expected, IEnumerable<double> actual) => Assert.All(expected.Zip(actual), p => Assert.Equal(p.First, p.Second, 1e-6));
}
