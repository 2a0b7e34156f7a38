using System.Text.Json.Nodes;
using AsFT.Experiments.Specification;
using AsFT.Experiments.Text;
using AsFT.Training.Lora;
using AsFT.Training.Models;
using AsFT.Training.Safety;

namespace AsFT.Training.Tests;

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
        using var direction = AlignmentDirection.Between(adapted, new(Oracle.At("models", "llama_gqa")));
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
