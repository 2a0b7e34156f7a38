using AsFT.Experiments.Models;
using AsFT.Experiments.Specification;
using AsFT.Experiments.Text;
using AsFT.Training;
using AsFT.Training.Lora;
using AsFT.Training.Models;
using AsFT.Training.Safety;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>What the AsFT penalty costs, by itself and in a step.</summary>
internal static class Penalties
{
    public static void Run()
    {
        Console.WriteLine("Penalty: published form / ours, forward and backward of one module, r = 8");
        foreach (var d in new[] { 512, 1024, 2048 }) Ratio(d, rounds: d == 2048 ? 9 : 21);
        Console.WriteLine("AsFT step / SFT step, Llama of 8 layers, 512 wide, vocabulary 4096, 8 rows of 128 tokens, LoRA r = 8 on q and v");
        Step(rounds: 15);
    }

    private static void Ratio(int d, int rounds)
    {
        using var scope = NewDisposeScope();
        var (v, a, b) = (randn(d, d) * 0.01f, nn.Parameter(randn(8, d) * 0.1f), nn.Parameter(randn(d, 8) * 0.1f));
        var module = new Projection("m", nn.Parameter(zeros(d, d), requires_grad: false)) { Lora = new(a, b, 32, 0) };
        using var direction = new AlignmentDirection();
        direction.Add("m", v);
        using var penalty = new AsftPenalty(direction);
        var complement = eye(d) - mm(v, v.t()) / v.norm();
        var (published, ours) = Timing.Medians(rounds, () => mm(complement, mm(b, a)).norm().square(), () => penalty.Value([module]));
        Timing.Say($"  d = {d,4}: {published / ours,6:0.0} ×   ({published:0.00} ms, {ours:0.000} ms)");
    }

    private static void Step(int rounds)
    {
        using var model = BenchModel.Make();
        var adapted = LoraAdapter.Attach(model, new LoraOptions());
        using var direction = new AlignmentDirection();
        foreach (var module in adapted) direction.Add(module.Name, randn(module.Weight.shape) * 0.01f);
        FineTuning Make(Penalty? penalty) => new(new() { Training = new() { Epochs = 10_000, BatchSize = 8 } }, model, LoraAdapter.Parameters(adapted), BenchModel.Rows(8, 128), 0, new() { Adapted = adapted, Penalty = penalty });
        using var plain = Make(null);
        using var anchored = Make(new AsftPenalty(direction));
        using var sft = plain.Run().GetEnumerator();
        using var asft = anchored.Run().GetEnumerator();
        var (with, without) = Timing.Medians(rounds, () => Next(asft), () => Next(sft));
        Timing.Say($"  {with / without:0.000} ×   ({with:0} ms, {without:0} ms)");
    }

    private static Tensor? Next(IEnumerator<StepResult> steps)
    {
        steps.MoveNext();
        return null;
    }
}
