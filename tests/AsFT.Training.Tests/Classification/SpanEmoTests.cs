using AsFT.Experiments.Specification;
using AsFT.Training.Classification;
using AsFT.Training.Contrastive;
using AsFT.Training.Models;
using TorchSharp.Modules;

namespace AsFT.Training.Tests.Classification;

/// <summary>The whole published model on a tiny BERT: totals, gradients, and twelve training steps.</summary>
public sealed class SpanEmoTests
{
    private const double Alpha = 0.2;

    public static TheoryData<string> Modes => [.. Oracle.Case("spanemo")["losses"]!.AsObject().Select(l => l.Key)];

    [Fact]
    public void Forward_GivesThePublishedLogitsAndVectors()
    {
        using var model = Model();
        var io = Oracle.Tensors("spanemo", "io.safetensors");
        using var frozen = no_grad();
        var seen = model.Forward(Batch(io));
        Oracle.Close(io["logits"], seen.Logits, 2e-5);
        Oracle.Close(io["sentence_embeddings"], seen.Sentences, 2e-5);
        Oracle.Close(io["y_pred"], seen.Logits.sigmoid().gt(0.5).to(ScalarType.Float32), 0);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void TotalAndGradients_OfEveryLoss_AreThePublishedOnes(string mode)
    {
        using var model = Model();
        foreach (var weight in model.Encoder.Values) weight.requires_grad = true;
        var io = Oracle.Tensors("spanemo", "io.safetensors");
        var expected = Oracle.Case("spanemo")["losses"]![mode]!;
        var seen = model.Forward(Batch(io));
        var (kind, alpha) = mode switch { "cross-entropy" => (LossKind.Bce, 0), "corr_loss" => (LossKind.Joint, 1.0), _ => (Enum.Parse<LossKind>(mode, ignoreCase: true), Alpha) };
        var total = new ContrastiveLoss(kind, LossForm.Published, alpha, 1).Of(new(seen.Sentences, seen.LabelTokens, seen.Logits, io["targets"])).Total;
        total.backward();
        var loss = (double)expected["loss"]!;
        Assert.Equal(loss, total.ToDouble(), 1e-5 * Math.Max(1, Math.Abs(loss))); // a small sum of larger terms
        foreach (var (name, norm) in expected["grad_norms"]!.AsObject()) Assert.Equal((double)norm!, Weight(model, name).grad!.norm().ToDouble(), 1e-4 * (double)norm!);
        foreach (var (key, gradient) in io.Where(t => t.Key.StartsWith($"{mode}.grad.", StringComparison.Ordinal)))
            Oracle.Close(gradient, Weight(model, key[$"{mode}.grad.".Length..]).grad!, 1e-4 * gradient.abs().max().ToDouble());
    }

    [Fact]
    public void Training_AsPublished_TakesThePublishedSteps()
    {
        using var model = Model();
        var (io, told) = (Oracle.Tensors("spanemo", "io.safetensors"), Oracle.Case("spanemo")["training"]!);
        var (ids, targets) = (io["input_ids"], io["targets"]);
        var rows = Enumerable.Range(0, 6).Select(r => new ClassifierRow([.. ids[r].data<long>().Select(i => (int)i)], [.. targets[r].data<float>().Select(t => t > 0)])).ToList();
        var steps = told["steps_hf"]!.AsArray();
        var specification = TaskGroups.Defaults(RunTask.Classification) with
        {
            Classifier = new() { Published = true, Dropout = 0 },
            Loss = new() { Kind = Enum.Parse<LossKind>((string)told["loss_mode"]!, ignoreCase: true), Form = LossForm.Published, Alpha = Alpha, Temperature = 1 },
            Data = new() { PublishedOrder = true }, Training = new() { BatchSize = 6, Epochs = steps.Count },
        };
        using var training = new ClassifierTraining(specification, model, [], rows, 0);
        foreach (var (step, expected) in training.Run().Zip(steps))
        {
            Assert.Equal((double)expected!["lr_bert"]!, step.LearningRate, 1e-12);
            Assert.Equal((double)expected["lr_ffn"]!, step.HeadLearningRate, 1e-12);
            Assert.Equal((double)expected["loss"]!, step.Losses.Total, 2e-5);
        }
        foreach (var (name, tensor) in Oracle.Tensors("spanemo", "trained.safetensors").Where(t => t.Key.StartsWith("hf.", StringComparison.Ordinal)))
            Oracle.Close(tensor, Weight(model, name["hf.".Length..]), 2e-5);
    }

    /// <summary>Each label's word is one token, at the place that the data names; no dropout.</summary>
    private static BertClassifier Model()
    {
        var places = Oracle.Case("spanemo")["label_idxs"]!.AsArray().Select(i => ((int)i!, 1)).ToList();
        var bert = Bert.Load(Oracle.At("models", "bert"), CPU, ScalarType.Float32);
        var model = new BertClassifier(new(bert.Config with { Dropout = 0 }, bert.Weights), places.Count, places, firstSegment: 0, dropout: 0, published: true);
        SafetensorsFile.ReadInto(Oracle.At("spanemo", "ffn.safetensors"), model.Head);
        return model;
    }

    private static LabelledBatch Batch(Dictionary<string, Tensor> io) => new(io["input_ids"], ones_like(io["input_ids"]).to(ScalarType.Bool), io["targets"]);

    private static Parameter Weight(BertClassifier model, string name) =>
        name.StartsWith("bert.", StringComparison.Ordinal) ? model.Encoder[name.Replace("bert.", "")] : model.Head[name.Replace("ffn.", "")];
}
