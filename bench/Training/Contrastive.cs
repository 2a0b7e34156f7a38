using AsFT.Experiments.Specification;
using AsFT.Training.Contrastive;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>What the contrastive losses cost, forward and backward, against the loops that the published code is described to run.</summary>
internal static class Contrastive
{
    private const int B = 32, L = 11, D = 768;

    public static void Run()
    {
        Console.WriteLine($"Contrastive losses: published loops / ours, forward and backward, B = {B}, L = {L}, D = {D}");
        using var scope = NewDisposeScope();
        var batch = new ContrastiveInput(nn.Parameter(randn(B, D) * 0.1f), nn.Parameter(randn(B, L, D) * 0.1f), nn.Parameter(randn(B, L)), Targets());
        foreach (var kind in Enum.GetValues<LossKind>().Where(k => k.IsContrastive()))
        {
            Tensor Ours(LossForm form) => new ContrastiveLoss(kind, form).Second(batch);
            Tensor Loops() => PublishedLoops.Of(kind, batch);
            var apart = Math.Abs(Loops().ToDouble() - Ours(LossForm.Published).ToDouble()) / Math.Abs(Loops().ToDouble());
            var (loops, published) = Timing.Medians(51, Loops, () => Ours(LossForm.Published), warmups: 10);
            var (again, sound) = Timing.Medians(51, Loops, () => Ours(LossForm.Sound), warmups: 10);
            Timing.Say($"  {kind,-6} {loops / published,6:0.0} ×   sound form {again / sound,6:0.0} ×   ({loops:0.00} ms, {published:0.000} ms, {sound:0.000} ms; values apart {apart:0e0})");
        }
    }

    /// <summary>One to three labels each: without a label the Jaccard losses would be NaN.</summary>
    private static Tensor Targets()
    {
        var y = rand(B, L).argsort(1) < 1 + randint(3, [B, 1]);
        return y.to(ScalarType.Float32);
    }
}
