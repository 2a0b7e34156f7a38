using AsFT.Experiments.Specification;
using AsFT.Experiments.Text;
using AsFT.Training.Lora;
using AsFT.Training.Models;
using AsFT.Training.Safety;

namespace AsFT.Training.Tests.Safety;

/// <summary>The golden Llama with a low-rank update that has learnt a little, and rows to learn.</summary>
internal sealed class Workbench : IDisposable
{
    public Decoder Model { get; }
    public IReadOnlyList<Projection> Adapted { get; }
    public FineTuning Training { get; }

    /// <summary>Rows of the golden data that are not the task's.</summary>
    public IReadOnlyList<TokenisedRow> Others { get; } = Rows(8, 4);

    public Workbench(StepRule? rule = null, ConstrainedLoss? loss = null, int epochs = 5, PrecisionKind precision = PrecisionKind.Float32, ScalarType type = ScalarType.Float32, int accumulation = 1, double clip = 0)
    {
        Model = Decoder.Load(Oracle.At("lora_training", "aligned"), CPU, type);
        var specification = new RunSpecification
        {
            Method = new() { Kind = MethodKind.Sft }, Lora = new() { Dropout = 0 }, Data = new() { PublishedOrder = true },
            Optimiser = new() { Kind = OptimiserKind.Sgd, LearningRate = 0.1, ClipNorm = clip },
            Training = new() { Epochs = epochs, BatchSize = 4, Accumulation = accumulation, Precision = precision },
        };
        Adapted = LoraAdapter.Attach(Model, specification.Lora);
        using var dice = new Generator(7, CPU); // of its own: other tests draw from the common one meanwhile
        using (no_grad())
            foreach (var lora in Adapted.Select(m => m.Lora!))
            {
                lora.A.copy_((rand(lora.A.shape, generator: dice) * 2 - 1) / Math.Sqrt(lora.A.shape[1]));
                lora.B.copy_(randn(lora.B.shape, generator: dice) * 0.02);
            }
        Training = new(specification, Model, LoraAdapter.Parameters(Adapted), Rows(0, 8), 0, new() { Adapted = Adapted, Rule = rule ?? new(), Loss = loss });
    }

    public static List<TokenisedRow> Rows(int first, int count)
    {
        var data = Oracle.Tensors("lora_training", "data.safetensors");
        return [.. Enumerable.Range(first, count).Select(r =>
        {
            var length = (int)data["attention_mask"][r].sum().ToInt64();
            return new TokenisedRow([.. data["input_ids"][r].data<long>().Take(length).Select(i => (int)i)], 3, false);
        })];
    }

    /// <summary>The plain gradient of the loss on rows, at the weights moved along a direction.</summary>
    public Tensor[] Gradient(IReadOnlyList<TokenisedRow> rows, Tensor[]? along = null, double by = 0)
    {
        void Move(double sign)
        {
            using var frozen = no_grad();
            foreach (var (weight, part) in Training.Trainable.Zip(along ?? [])) weight.add_(part, sign * by);
        }
        Move(1);
        var gradient = autograd.grad([Training.TokenLosses(AsFT.Training.Text.Batch.Of(rows, 0)).mean()], [.. Training.Trainable]);
        Move(-1);
        return [.. gradient];
    }

    /// <summary>Makes one step and returns, by the plain rule of gradient descent, the gradient that it followed.</summary>
    public (StepResult Result, Tensor[] Followed) Step()
    {
        var before = Training.Trainable.Select(w => w.detach().clone()).ToList();
        var result = Training.Run().First();
        return (result, [.. Training.Trainable.Zip(before, (now, then) => (then - now).detach() / 0.1 / (result.LearningRate / 0.1))]);
    }

    public static double Norm(IEnumerable<Tensor> parts) => Math.Sqrt(parts.Sum(p => p.square().sum().ToDouble()));

    public void Dispose()
    {
        Training.Dispose();
        Model.Dispose();
    }
}
