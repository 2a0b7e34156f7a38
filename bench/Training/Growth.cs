using AsFT.Experiments.Specification;
using AsFT.Training;
using AsFT.Training.Lora;
using AsFT.Training.Models;
using AsFT.Training.Safety;
using static TorchSharp.torch;

/// <summary>Whether memory grows over many steps: resident bytes and managed allocations, every 500 steps. Start it as the site starts its trainers, with jemalloc.</summary>
internal static class Growth
{
    private const int Every = 500, Steps = 2000;

    public static void Run()
    {
        Console.WriteLine($"Memory over {Steps} AsFT steps, 4 layers, 128 wide, 8 rows of 8 to 40 tokens");
        using var model = Decoder.Create(new() { VocabularySize = 640, HiddenSize = 128, IntermediateSize = 344, Layers = 4, Heads = 4, KeyValueHeads = 2, HeadSize = 32, MaxPositions = 64, TiedHead = true }, CPU);
        foreach (var weight in model.Weights.Values) weight.requires_grad = false;
        var adapted = LoraAdapter.Attach(model, new LoraOptions());
        using var direction = new AlignmentDirection();
        foreach (var module in adapted) direction.Add(module.Name, randn(module.Weight.shape) * 0.01f);
        var rows = Enumerable.Range(0, 200).SelectMany(i => BenchModel.Rows(1, 8 + i % 33)).Select(r => r with { Ids = [.. r.Ids.Select(id => id % 640)] }).ToList();
        using var training = new FineTuning(new() { Training = new() { Epochs = 10_000, BatchSize = 8 } }, model, LoraAdapter.Parameters(adapted), rows, 0, new() { Adapted = adapted, Penalty = new AsftPenalty(direction) });
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        foreach (var step in training.Run().Take(Steps).Where(s => s.Step % Every == 0))
        {
            var now = GC.GetAllocatedBytesForCurrentThread();
            Timing.Say($"  step {step.Step,4}: {Environment.WorkingSet / 1e6:0.0} MB resident, {(now - allocated) / 1e3 / Every:0.0} kB of managed memory allocated a step");
            allocated = now;
        }
    }
}
