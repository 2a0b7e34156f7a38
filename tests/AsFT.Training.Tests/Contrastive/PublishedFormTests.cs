using System.Text.Json.Nodes;
using AsFT.Experiments.Specification;
using AsFT.Training.Contrastive;

namespace AsFT.Training.Tests.Contrastive;

/// <summary>The published form against what the published code computed in float64.</summary>
public sealed class PublishedFormTests
{
    private static IEnumerable<JsonNode> All => new[] { "cases", "edge_cases" }.SelectMany(k => Oracle.Case("contrastive")[k]!.AsArray()).Select(c => c!);

    public static TheoryData<string> Cases => [.. All.Select(c => (string)c["name"]!)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void ContrastiveLosses_AtEveryTemperature_EqualThePublishedCode(string name)
    {
        var expected = All.Single(c => (string)c["name"]! == name);
        var data = Oracle.Tensors("contrastive", (string)expected["file"]!);
        foreach (var result in expected["results"]!.AsArray().Select(r => r!))
        {
            var (kind, tau, of) = (Enum.Parse<LossKind>((string)result["loss"]!, ignoreCase: true), (double)result["tau"]!, (string)result["gradient_of"]!);
            var (batch, inputs) = Batch(data);
            var loss = new ContrastiveLoss(kind, LossForm.Published, Alpha: 1, tau).Of(batch);
            loss.Second!.backward();
            Close(Number(result["value"]!), loss.Total.ToDouble());
            var gradient = data[$"tau{tau.ToString("0.0", System.Globalization.CultureInfo.InvariantCulture)}.{kind.ToString().ToUpperInvariant()}.grad_{of}"];
            Close(gradient, inputs[of].grad);
            foreach (var total in result["totals"]!.AsArray().Select(t => t!))
                Close(Number(total["total"]!), new ContrastiveLoss(kind, LossForm.Published, (double)total["alpha"]!, tau).Of(batch).Total.ToDouble());
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Baselines_EqualThePublishedCode(string name)
    {
        var expected = All.Single(c => (string)c["name"]! == name);
        var data = Oracle.Tensors("contrastive", (string)expected["file"]!);
        var (batch, inputs) = Batch(data);
        var bce = new ContrastiveLoss(LossKind.Bce, LossForm.Published).Of(batch);
        bce.Total.backward();
        Close(Number(expected["BCE"]!), bce.Total.ToDouble());
        Close(data["BCE.grad_logits"], inputs["logits"].grad);

        inputs["logits"].grad!.zero_();
        var joint = new ContrastiveLoss(LossKind.Joint, LossForm.Published).Of(batch);
        joint.Second!.backward();
        Close(Number(expected["corr_loss"]!), joint.Second.ToDouble());
        Close(data["corr_loss.grad_logits"], inputs["logits"].grad);
        foreach (var total in expected["joint"]!.AsArray().Select(t => t!))
            Close(Number(total["total"]!), new ContrastiveLoss(LossKind.Joint, LossForm.Published, (double)total["alpha"]!).Of(batch).Total.ToDouble());
    }

    private static (ContrastiveInput Batch, Dictionary<string, Tensor> Inputs) Batch(Dictionary<string, Tensor> data)
    {
        var inputs = new[] { "sentence_embeddings", "label_embeddings", "logits" }.ToDictionary(n => n, n => data[n].clone().requires_grad_());
        return (new(inputs["sentence_embeddings"], inputs["label_embeddings"], inputs["logits"], data["targets"]), inputs);
    }

    private static double Number(JsonNode value) => value.ToString() == "NaN" ? double.NaN : (double)value;

    private static void Close(double expected, double actual)
    {
        if (double.IsNaN(expected)) Assert.Equal(expected, actual);
        else Assert.Equal(expected, actual, 1e-10 * Math.Max(1, Math.Abs(expected)));
    }

    /// <summary>To 1e-10 of the largest entry, NaN where NaN is expected.</summary>
    private static void Close(Tensor expected, Tensor? actual)
    {
        Assert.True(expected.isnan().equal(actual!.isnan()).all().ToBoolean(), "NaN stands elsewhere");
        Oracle.Close(expected.nan_to_num(0), actual.nan_to_num(0), 1e-10 * Math.Max(1, expected.nan_to_num(0).abs().max().ToDouble()));
    }
}
