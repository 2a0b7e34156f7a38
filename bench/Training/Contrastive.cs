using AsFT.Experiments.Specification;
using AsFT.Training.Contrastive;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>What the contrastive losses cost, forward and backward, against the loops that the published code is described to run.</summary>
internal static class Contrastive
{
    private const int B = 32, L = 11, D = 768, Row = 10;

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
            foreach (var form in Enum.GetValues<LossForm>())
            {
                var (loops, ours) = Timing.Medians(51, Loops, () => Ours(form), warmups: 10);
                var (loopsInARow, oursInARow) = Timing.Medians(11, () => InARow(Loops), () => InARow(() => Ours(form)));
                Timing.Say($"  {kind,-6} {form,-10} {loops / ours,6:0.0} ×   in a row {loopsInARow / oursInARow,6:0.0} ×   ({loops:0.00} ms, {ours:0.000} ms; in a row {loopsInARow / Row:0.00} ms, {oursInARow / Row:0.000} ms)");
            }
            Timing.Say($"         values {apart:0e0} apart");
        }
    }

    /// <summary>As the loops keep themselves in the caches and a single short evaluation between them does not.</summary>
    private static Tensor? InARow(Func<Tensor> loss)
    {
        for (var i = 0; i < Row; i++)
        {
            using var scope = NewDisposeScope();
            loss().backward();
        }
        return null;
    }

    /// <summary>One to three labels each: without a label the Jaccard losses would be NaN.</summary>
    private static Tensor Targets()
    {
        var y = rand(B, L).argsort(1) < 1 + randint(3, [B, 1]);
        return y.to(ScalarType.Float32);
    }
}
