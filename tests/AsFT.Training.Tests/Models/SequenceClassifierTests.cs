using AsFT.Training.Models;

namespace AsFT.Training.Tests.Models;

public sealed class SequenceClassifierTests
{
    private const string Name = "llama_seqcls";

    [Theory]
    [InlineData("right")]
    [InlineData("left")]
    public void Logits_AndGradients_AreThePublishedOnes(string side)
    {
        using var model = new SequenceClassifier(Decoder.Load(Oracle.At("models", Name), CPU, ScalarType.Float32));
        foreach (var weight in model.Decoder.Weights.Values) weight.requires_grad = true;
        var io = Oracle.Tensors("models", Name, "io.safetensors");
        var expected = Oracle.Case("models", Name)["runs"]![side]!;
        var logits = model.Logits(io[$"{side}.input_ids"], io[$"{side}.attention_mask"].to(ScalarType.Bool), 132);
        Oracle.Close(io[$"{side}.logits"], logits, 2e-5);
        var loss = nn.functional.binary_cross_entropy_with_logits(logits, io["labels"]);
        loss.backward();
        Assert.Equal((double)expected["loss"]!, loss.ToDouble(), 1e-6);
        foreach (var (name, norm) in expected["grad_norms"]!.AsObject())
            Assert.Equal((double)norm!, model.Decoder.Weights[name].grad!.norm().ToDouble(), 1e-4 * (double)norm!);
        foreach (var (key, gradient) in io.Where(t => t.Key.StartsWith($"{side}.grad.", StringComparison.Ordinal)))
            Oracle.Close(gradient, model.Decoder.Weights[key[$"{side}.grad.".Length..]].grad!, 1e-4 * gradient.abs().max().ToDouble());
    }
}
