using System.Text.Json.Nodes;
using AsFT.Experiments.Specification;
using AsFT.Experiments.Text;
using AsFT.Training.Lora;
using AsFT.Training.Models;
using AsFT.Training.Safety;

namespace AsFT.Training.Tests;

[Collection(CommonRandomness.Name)]
public sealed class FineTuningTests
{
    private static JsonNode Runs => Oracle.Case("lora_training")["runs"]!;
    public static TheoryData<string> Names => [.. Runs.AsArray().Select(r => (string)r!["name"]!)];

    /// <summary>Every step's losses to 1e-5 and the final A and B to 5e-5, as PEFT with the published penalty computes them.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Run_OfAGoldenSpecification_HasTheSameLossesAndAdapter(string name)
    {
        var run = Runs.AsArray().Single(r => (string)r!["name"]! == name)!;
        var accumulation = (int)run["gradient_accumulation_steps"]!;
        var twenty = name is "sft_alpha32" or "asft_alpha32" or "asft_alpha16"; // rows 0..3, twenty times
        var specification = new RunSpecification
        {
            Method = new() { Kind = run["lambda_reg"] is null ? MethodKind.Sft : MethodKind.Asft, Lambda = (double?)run["lambda_reg"] ?? 0, PublishedAccumulation = true },
            Lora = new() { Alpha = (double)run["lora_alpha"]!, Dropout = 0 },
            Optimiser = new() { LearningRate = (double)run["lr"]! },
            Schedule = new() { Kind = twenty ? ScheduleKind.Constant : ScheduleKind.Step, Gamma = 0.85 },
            Training = new() { Epochs = twenty ? 20 : 2, BatchSize = 4, Accumulation = accumulation },
            Data = new() { PublishedOrder = true },
        };
        using var model = Decoder.Load(Oracle.At("lora_training", "aligned"), CPU, ScalarType.Float32);
        var adapted = LoraAdapter.Attach(model, specification.Lora);
        Start(adapted);
        using var defences = Defences(specification.Method.Kind, adapted);
        using var training = new FineTuning(specification, model, LoraAdapter.Parameters(adapted), Rows(twenty ? 4 : 40), 0, defences);

        var steps = training.Run().ToList();

        var expected = run["steps"]!.AsArray().Chunk(accumulation).ToList();
        Assert.Equal(expected.Count, steps.Count);
        foreach (var (step, parts) in steps.Zip(expected))
        {
            Assert.Equal(parts.Average(p => (double)p!["task_loss"]!), step.Losses.Task!.Value, 1e-5);
            Assert.Equal(parts.Sum(p => (double?)p!["regulariser"] ?? 0), step.Losses.Penalty, 1e-5);
            Assert.Equal((double)parts[0]!["lr"]!, step.LearningRate, 1e-12);
        }
        var final = Oracle.Tensors("lora_training", $"{name}.safetensors");
        foreach (var module in adapted)
        {
            Oracle.Close(final[$"{module.Name}.A"], module.Lora!.A, 5e-5);
            Oracle.Close(final[$"{module.Name}.B"], module.Lora!.B, 5e-5);
        }
    }

    [Fact]
    public void Accumulation_OfTheSameRows_ChangesNothing()
    {
        double[] Losses(int batch, int accumulation)
        {
            var specification = new RunSpecification
            {
                Method = new() { Lambda = 1 }, Lora = new() { Dropout = 0 }, Data = new() { PublishedOrder = true }, Optimiser = new() { LearningRate = 5e-3 },
                Training = new() { Epochs = 3, BatchSize = batch, Accumulation = accumulation },
            };
            using var model = Decoder.Load(Oracle.At("lora_training", "aligned"), CPU, ScalarType.Float32);
            var adapted = LoraAdapter.Attach(model, specification.Lora);
            Start(adapted);
            using var defences = Defences(MethodKind.Asft, adapted);
            var rows = Rows(8).ConvertAll(r => r with { Ids = r.Ids[..8] }); // equal lengths: the mean over rows is the mean of means
            using var training = new FineTuning(specification, model, LoraAdapter.Parameters(adapted), rows, 0, defences);
            return [.. training.Run().Select(s => s.Losses.Task!.Value + s.Losses.Penalty)];
        }
        Assert.Equal(0, Losses(8, 1).Zip(Losses(4, 2), (a, b) => Math.Abs(a - b)).Max(), 1e-5);
    }

    /// <summary>However rows are laid out and however much is kept for the way back, the losses are the same; dropout is off.</summary>
    [Theory]
    [InlineData("recompute")]
    [InlineData("packed")]
    [InlineData("published padding")]
    public void Run_LaidOutOtherwise_LearnsTheSame(string how)
    {
        List<Losses> Run(bool other)
        {
            var specification = new RunSpecification
            {
                Lora = new() { Dropout = 0 }, Optimiser = new() { LearningRate = 5e-3 },
                Data = new() { PublishedOrder = true, MaxLength = 200, Batching = other && how == "packed" ? BatchingKind.Packed : BatchingKind.Mixed, PublishedPadding = other && how == "published padding" },
                Training = new() { Epochs = 6, BatchSize = 8, Recompute = other && how == "recompute" },
            };
            using var model = Decoder.Load(Oracle.At("lora_training", "aligned"), CPU, ScalarType.Float32);
            var adapted = LoraAdapter.Attach(model, specification.Lora);
            Start(adapted);
            using var defences = Defences(MethodKind.Asft, adapted);
            using var training = new FineTuning(specification, model, LoraAdapter.Parameters(adapted), Rows(8), 0, defences);
            Assert.Equal(6, training.Plan.Steps); // all eight rows in each step
            return [.. training.Run().Select(s => s.Losses)];
        }
        foreach (var (plain, other) in Run(false).Zip(Run(true)))
        {
            if (how == "recompute") Assert.Equal((plain.Task, plain.Penalty), (other.Task, other.Penalty)); // bit for bit
            Assert.Equal(plain.Task!.Value, other.Task!.Value, 2e-5);
            Assert.Equal(plain.Penalty, other.Penalty, 2e-5);
        }
    }

    /// <summary>Dropout draws the same mask when a layer is computed again: then a step along the gradient lowers the very loss it came from.</summary>
    [Fact]
    public void Recompute_WithDropout_GivesTheGradientOfTheLossThatWasSeen()
    {
        var specification = new RunSpecification { Lora = new() { Dropout = 0.5 }, Training = new() { Recompute = true, BatchSize = 4 } };
        using var model = Decoder.Load(Oracle.At("lora_training", "aligned"), CPU, ScalarType.Float32);
        var adapted = LoraAdapter.Attach(model, specification.Lora);
        using (no_grad())
            foreach (var module in adapted) module.Lora!.B.copy_(randn(module.Lora.B.shape) * 0.05);
        using var training = new FineTuning(specification, model, LoraAdapter.Parameters(adapted), Rows(4), 0, new());
        model.Training = true;
        double Loss()
        {
            manual_seed(11);
            foreach (var p in training.Trainable) p.grad = null;
            return training.AddGradient(Rows(4));
        }
        var loss = Loss();
        var slope = training.Trainable.Select(p => p.grad!.clone()).ToList();
        var squared = slope.Sum(g => g.square().sum().ToDouble());
        const double step = 1e-4;
        using (no_grad())
            foreach (var (p, g) in training.Trainable.Zip(slope)) p.add_(g, -step);
        Assert.InRange((loss - Loss()) / (step * squared), 0.9, 1.1); // first order: ΔL = step · ‖g‖²
    }

    [Fact]
    public void Recompute_WithAllWeights_GivesTheirGradients()
    {
        Dictionary<string, Tensor> Gradients(bool recompute)
        {
            using var model = Decoder.Load(Oracle.At("lora_training", "aligned"), CPU, ScalarType.Float32);
            foreach (var weight in model.Weights.Values) weight.requires_grad = true;
            using var training = new FineTuning(new() { Training = new() { Recompute = recompute } }, model, model.Weights.Values, Rows(4), 0, new());
            model.Training = true;
            training.AddGradient(Rows(4));
            return model.Weights.ToDictionary(w => w.Key, w => w.Value.grad!.clone());
        }
        var plain = Gradients(false);
        foreach (var (name, gradient) in Gradients(true))
        {
            Assert.True(plain[name].abs().max().ToDouble() > 0, name);
            Oracle.Close(plain[name], gradient, 1e-6 * Math.Max(1, plain[name].abs().max().ToDouble()));
        }
    }

    [Fact]
    public void Run_WhoseLossOverflows_EndsAsDivergedWithTheStep()
    {
        var specification = new RunSpecification { Method = new() { Kind = MethodKind.L2 }, Optimiser = new() { Kind = OptimiserKind.Sgd, LearningRate = 1e30 }, Training = new() { BatchSize = 4, Epochs = 20 } };
        using var model = Decoder.Load(Oracle.At("lora_training", "aligned"), CPU, ScalarType.Float32);
        var adapted = LoraAdapter.Attach(model, specification.Lora);
        using var defences = Defences(MethodKind.L2, adapted);
        using var training = new FineTuning(specification, model, LoraAdapter.Parameters(adapted), Rows(4), 0, defences);
        var diverged = Assert.Throws<DivergedException>(() => training.Run().Count());
        Assert.InRange(diverged.Step, 2, 20);
        Assert.Contains($"step {diverged.Step}", diverged.Message);
    }

    private static Defending Defences(MethodKind kind, IReadOnlyList<Projection> adapted)
    {
        if (kind == MethodKind.Sft) return new();
        if (kind == MethodKind.L2) return new() { Adapted = adapted, Penalty = new L2Penalty() };
        using var direction = AlignmentDirection.Between(adapted, new(Oracle.At("lora_training", "aligned")), new(Oracle.At("models", "llama_gqa")));
        return new() { Adapted = adapted, Penalty = new AsftPenalty(direction) };
    }

    private static void Start(IReadOnlyList<Projection> adapted)
    {
        using var frozen = no_grad();
        var init = Oracle.Tensors("lora_training", "init.safetensors");
        foreach (var module in adapted)
        {
            module.Lora!.A.copy_(init[$"{module.Name}.A"]);
            module.Lora.B.copy_(init[$"{module.Name}.B"]);
        }
    }

    private static List<TokenisedRow> Rows(int count)
    {
        var data = Oracle.Tensors("lora_training", "data.safetensors");
        return [.. Enumerable.Range(0, count).Select(r =>
        {
            var length = (int)data["attention_mask"][r].sum().ToInt64();
            return new TokenisedRow([.. data["input_ids"][r].data<long>().Take(length).Select(i => (int)i)], 3, false);
        })];
    }
}
