using AsFT.Experiments.Specification;
using AsFT.Training;
using AsFT.Training.Lora;
using static TorchSharp.torch;

/// <summary>How much of the machine's matrix product speed a LoRA step uses.</summary>
internal static class Peak
{
    private const int Rows = 8, Length = 128, Hidden = 512, Inner = 1376, Layers = 8, Vocabulary = 4096, Rank = 8;

    public static void Run()
    {
        Console.WriteLine("LoRA step: useful operations against the matrix product's own speed (1024³, float32)");
        using var model = BenchModel.Make();
        var adapted = LoraAdapter.Attach(model, new LoraOptions());
        using var training = new FineTuning(new() { Training = new() { Epochs = 10_000, BatchSize = Rows } }, model, LoraAdapter.Parameters(adapted), BenchModel.Rows(Rows, Length), 0, new() { Adapted = adapted });
        using var steps = training.Run().GetEnumerator();
        using var scope = NewDisposeScope();
        var (x, y) = (randn(1024, 1024), randn(1024, 1024));
        var (product, step) = Timing.Medians(21, () =>
        {
            using var one = mm(x, y);
            return null;
        }, () =>
        {
            steps.MoveNext();
            return null;
        });
        var (peak, speed) = (2.0 * 1024 * 1024 * 1024 / product / 1e6, Operations() / step / 1e6);
        Timing.Say($"  peak {peak:0} GFLOP/s, step {speed:0} GFLOP/s in {step:0} ms: {speed / peak:P0}");
    }

    /// <summary>
    /// Multiply-adds count two. Frozen layers: forward, and backward to the input only; below the first adapted layer nothing goes back, but that is layer 0 here.
    /// The head sees the learnt half of the positions; attention counts the causal half of its scores.
    /// </summary>
    private static double Operations()
    {
        const double tokens = Rows * Length;
        const double linear = 2 * tokens * (4.0 * Hidden * Hidden + 3.0 * Hidden * Inner) * Layers;
        const double attention = 2 * 2 * Rows * (double)Length * Length / 2 * Hidden * Layers;
        const double head = 2 * (tokens / 2) * Hidden * Vocabulary;
        const double lora = 2 * tokens * 2 * (2.0 * Hidden * Rank) * Layers;
        return 2 * linear + 3 * attention + 2 * head + 3 * lora;
    }
}
