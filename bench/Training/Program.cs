using System.Diagnostics;
using AsFT.Experiments.Models;
using AsFT.Experiments.Specification;
using AsFT.Experiments.Text;
using AsFT.Training;
using AsFT.Training.Lora;
using AsFT.Training.Models;
using AsFT.Training.Safety;
using TorchSharp;
using static TorchSharp.torch;

// What the penalty costs. Both sides are timed in turns within one run, and the ratio of the medians is printed:
// on a machine that does other things too, times say little and ratios much.
manual_seed(1);
Console.WriteLine($"threads: {get_num_threads()}");
Console.WriteLine("published form / factored form, forward and backward of one module, r = 8");
foreach (var d in new[] { 512, 1024, 2048 }) PenaltyRatio(d, rounds: d == 2048 ? 9 : 21);
Console.WriteLine("AsFT step / SFT step, Llama of 8 layers, 512 wide, vocabulary 4096, 8 rows of 128 tokens, LoRA r = 8 on q and v");
StepRatio(rounds: 15);

static void PenaltyRatio(int d, int rounds)
{
    using var scope = NewDisposeScope();
    var (v, a, b) = (randn(d, d) * 0.01f, nn.Parameter(randn(8, d) * 0.1f), nn.Parameter(randn(d, 8) * 0.1f));
    var module = new Projection("m", nn.Parameter(zeros(d, d), requires_grad: false)) { Lora = new(a, b, 32, 0) };
    using var direction = new AlignmentDirection();
    direction.Add("m", v);
    using var penalty = new AsftPenalty(direction);
    var complement = eye(d) - mm(v, v.t()) / v.norm();
    var (published, factored) = Medians(rounds, () => mm(complement, mm(b, a)).norm().square(), () => penalty.Value([module]));
    Console.WriteLine(FormattableString.Invariant($"  d = {d,4}: {published / factored,6:0.0} ×   ({published:0.00} ms, {factored:0.000} ms)"));
}

static void StepRatio(int rounds)
{
    var config = new DecoderConfig { VocabularySize = 4096, HiddenSize = 512, IntermediateSize = 1376, Layers = 8, Heads = 8, KeyValueHeads = 8, HeadSize = 64, MaxPositions = 128, TiedHead = true };
    using var model = Decoder.Create(config, CPU);
    foreach (var weight in model.Weights.Values) weight.requires_grad = false;
    var adapted = LoraAdapter.Attach(model, new LoraOptions());
    using var direction = new AlignmentDirection();
    foreach (var module in adapted) direction.Add(module.Name, randn(module.Weight.shape) * 0.01f);
    var rows = Enumerable.Range(0, 8).Select(i => new TokenisedRow([.. Enumerable.Range(0, 128).Select(t => (i * 131 + t * 17) % 4096)], 64, false)).ToList();
    FineTuning Make(Penalty? penalty) => new(new() { Training = new() { Epochs = 10_000, BatchSize = 8 } }, model, LoraAdapter.Parameters(adapted), rows, 0, new() { Adapted = adapted, Penalty = penalty });
    using var plain = Make(null);
    using var anchored = Make(new AsftPenalty(direction));
    using var sft = plain.Run().GetEnumerator();
    using var asft = anchored.Run().GetEnumerator();
    var (with, without) = Medians(rounds, () => Next(asft), () => Next(sft));
    Console.WriteLine(FormattableString.Invariant($"  {with / without:0.000} ×   ({with:0} ms, {without:0} ms)"));
}

static Tensor? Next(IEnumerator<StepResult> steps)
{
    steps.MoveNext();
    return null;
}

// Medians in milliseconds of two things done in turns; a returned tensor is differentiated too.
static (double First, double Second) Medians(int rounds, Func<Tensor?> first, Func<Tensor?> second)
{
    static double Once(Func<Tensor?> act)
    {
        using var scope = NewDisposeScope();
        var clock = Stopwatch.StartNew();
        act()?.backward();
        return clock.Elapsed.TotalMilliseconds;
    }
    for (var i = 0; i < 3; i++) (_, _) = (Once(first), Once(second));
    var times = Enumerable.Range(0, rounds).Select(_ => (Once(first), Once(second))).ToList();
    return (times.Select(t => t.Item1).Order().ElementAt(rounds / 2), times.Select(t => t.Item2).Order().ElementAt(rounds / 2));
}
