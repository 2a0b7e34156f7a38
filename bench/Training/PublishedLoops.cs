using AsFT.Experiments.Specification;
using AsFT.Training.Contrastive;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>
/// The published losses as a plain transcription of what their code is described to do, at τ = 1: SCL compares label sets pair by
/// pair, JSCL and JSPCL fill a Jaccard matrix pair by pair, each pair taking both rows to the host (that code calls .cpu() B·B
/// times); SLCL runs the whole loss once per label and ICL once per text. The loss itself is matrix operations there too.
/// </summary>
internal static class PublishedLoops
{
    private const double Temperature = 1, BaseTemperature = 0.07, Epsilon = 1e-20;

    public static Tensor Of(LossKind kind, ContrastiveInput batch) => kind switch
    {
        LossKind.Scl => Loss(batch.Sentences, Pairs(batch.Targets, (a, b) => a.SequenceEqual(b) ? 1 : 0), null),
        LossKind.Jscl => Loss(batch.Sentences, null, Pairs(batch.Targets, Jaccard)),
        LossKind.Jspcl => Loss(batch.Logits, null, Pairs(batch.Targets, Jaccard)),
        LossKind.Slcl => ByLabel(batch.Sentences, batch.Targets),
        LossKind.Icl => ByText(batch.LabelTokens, batch.Targets),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    private static Tensor Loss(Tensor items, Tensor? positives, Tensor? weights)
    {
        var n = items.shape[0];
        var others = ones(n, n) - eye(n);
        var mask = (positives ?? ones(n, n)) * others;
        var s = matmul(items, items.t()) / Temperature;
        var l = s - s.max(1, keepdim: true).values.detach();
        var exp = l.exp() * others + Epsilon;
        if (weights is not null) exp *= weights;
        var q = l - exp.sum(1, keepdim: true).log();
        var r = ((mask * q).sum(1) + Epsilon) / (mask.sum(1) + Epsilon);
        return (-(Temperature / BaseTemperature) * r).mean();
    }

    private static Tensor Pairs(Tensor y, Func<float[], float[], float> of)
    {
        var n = (int)y.shape[0];
        var matrix = new float[n, n];
        for (var i = 0; i < n; i++)
            for (var j = 0; j < n; j++) matrix[i, j] = of(Row(y, i), Row(y, j));
        return tensor(matrix);
    }

    private static float[] Row(Tensor y, int i)
    {
        using var row = y[i];
        using var host = row.cpu();
        return host.data<float>().ToArray();
    }

    private static float Jaccard(float[] a, float[] b)
    {
        int both = 0, either = 0;
        for (var k = 0; k < a.Length; k++)
        {
            if (a[k] == 1 && b[k] == 1) both++;
            if (a[k] == 1 || b[k] == 1) either++;
        }
        return either == 0 ? 0 : (float)both / either;
    }

    private static Tensor ByLabel(Tensor items, Tensor y)
    {
        var sum = zeros([]);
        for (var a = 0; a < y.shape[1]; a++)
        {
            var column = y[TensorIndex.Colon, a].unsqueeze(1);
            sum += Loss(items, (column == column.t()).to(ScalarType.Float32), null) / y.shape[0];
        }
        return sum / y.shape[1];
    }

    private static Tensor ByText(Tensor tokens, Tensor y)
    {
        var sum = zeros([]);
        for (var i = 0; i < y.shape[0]; i++)
        {
            var row = y[i].unsqueeze(1);
            sum += Loss(tokens[i], (row == row.t()).to(ScalarType.Float32), null) / y.shape[1];
        }
        return sum / y.shape[0];
    }
}
