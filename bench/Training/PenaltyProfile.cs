using TorchSharp;
using static TorchSharp.torch;

/// <summary>Where the time of one module's penalty goes, at d = 1024 and r = 8: medians of single operations.</summary>
internal static class PenaltyProfile
{
    public static void Run()
    {
        Console.WriteLine("Penalty at d = 1024, r = 8: single operations, µs");
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        const int d = 1024;
        var (m, a, b) = (randn(d, d), randn(8, d), randn(d, 8));
        var bt = b.t().contiguous();
        Median("M B, two threads", () => nn.functional.linear(bt, m));
        set_num_threads(1);
        Median("M B, one thread", () => nn.functional.linear(bt, m));
        Median("A Aᵀ", () => mm(a, a.t()));
        Median("(r, r)(r, d)", () => mm(mm(a, a.t()), a));
        Median("transpose to (r, d)", () => b.t().contiguous());
        Median("sum of a product (r, d)", () => (a * a).sum());
        set_num_threads(2);
        Median("setting the threads, there and back", () =>
        {
            set_num_threads(1);
            set_num_threads(2);
            return null;
        });
        Median("a product with two threads right after", () =>
        {
            set_num_threads(1);
            set_num_threads(2);
            return nn.functional.linear(bt, m);
        });
    }

    private static void Median(string what, Func<Tensor?> act)
    {
        double Once()
        {
            using var scope = NewDisposeScope();
            var clock = System.Diagnostics.Stopwatch.StartNew();
            act();
            return clock.Elapsed.TotalMicroseconds;
        }
        for (var i = 0; i < 20; i++) Once();
        Timing.Say($"  {what,-40} {Enumerable.Range(0, 201).Select(_ => Once()).Order().ElementAt(100),7:0.0}");
    }
}
