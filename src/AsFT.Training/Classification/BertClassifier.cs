using AsFT.Training.Models;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace AsFT.Training.Classification;

/// <summary>
/// BERT with scores on top. With label words (SpanEmo, Alhuzali and Ananiadou 2021): Linear–tanh–dropout–Linear at each label's word, of
/// which a label with several pieces takes the mean. Without: dropout and a linear layer on the first token. The sentence vector is the first token's state.
/// </summary>
public sealed class BertClassifier : Classifier
{
    private readonly Bert bert;
    private readonly int firstSegment;
    private readonly bool published;
    private readonly double dropoutRate;
    private readonly Tensor? places, shares;

    /// <param name="bert">disposed with the classifier</param>
    /// <param name="labels">how many</param>
    /// <param name="labelPieces">where each label's word stands; empty: the first token decides</param>
    /// <param name="firstSegment">ids of the first segment</param>
    /// <param name="published">attend padding and give no token types, as the published code does</param>
    public BertClassifier(Bert bert, int labels, IReadOnlyList<(int First, int Count)> labelPieces, int firstSegment, double dropout, bool published)
    {
        (this.bert, this.firstSegment, this.published, dropoutRate) = (bert, firstSegment, published, dropout);
        long d = bert.Config.HiddenSize;
        Parameter Make(params long[] shape) => Fresh(bert.Device, d, shape);
        Head = labelPieces.Count == 0
            ? new Dictionary<string, Parameter> { ["weight"] = Make(labels, d), ["bias"] = Make(labels) }
            : new Dictionary<string, Parameter> { ["0.weight"] = Make(d, d), ["0.bias"] = Make(d), ["3.weight"] = Make(1, d), ["3.bias"] = Make(1) };
        if (labelPieces.Count == 0) return;
        places = tensor(labelPieces.SelectMany(p => Enumerable.Range(p.First, p.Count)).Select(i => (long)i).ToArray(), device: bert.Device).DetachFromDisposeScope();
        if (labelPieces.Any(p => p.Count > 1)) shares = Shares(labelPieces).to(bert.Device).DetachFromDisposeScope();
    }

    public Bert Bert => bert;
    public override IReadOnlyDictionary<string, Parameter> Encoder => bert.Weights;
    public override IEnumerable<Projection> Projections => bert.Projections;
    public override Device Device => bert.Device;
    public override int MaxPositions => bert.Config.MaxPositions;

    public override bool Training
    {
        get => bert.Training;
        set => bert.Training = value;
    }

    public override Classified Forward(LabelledBatch batch)
    {
        var states = bert.Forward(batch.Ids, published ? null : batch.Mask, published || places is null ? null : Segments(batch)).to(ScalarType.Float32); // (B, T, D)
        var sentences = states.select(1, 0); // (B, D)
        if (places is null) return new(sentences, null, linear(Drop(sentences), Head["weight"], Head["bias"]));
        var tokens = states.index_select(1, places); // (B, pieces, D)
        if (shares is not null) tokens = shares.matmul(tokens); // (B, L, D)
        var inner = Drop(linear(tokens, Head["0.weight"], Head["0.bias"]).tanh());
        return new(sentences, tokens, linear(inner, Head["3.weight"], Head["3.bias"]).squeeze(-1));
    }

    /// <summary>(B, T) 0 at the label words, 1 at the text.</summary>
    private Tensor Segments(LabelledBatch batch) => (arange(batch.Ids.shape[1], device: Device) >= firstSegment).to(ScalarType.Int64).unsqueeze(0).expand_as(batch.Ids);

    /// <summary>(L, pieces) 1/count where a piece belongs to a label.</summary>
    private static Tensor Shares(IReadOnlyList<(int First, int Count)> labelPieces)
    {
        var all = labelPieces.Sum(p => p.Count);
        var values = new float[labelPieces.Count, all];
        var at = 0;
        for (var l = 0; l < labelPieces.Count; l++)
            for (var i = 0; i < labelPieces[l].Count; i++) values[l, at++] = 1f / labelPieces[l].Count;
        return tensor(values);
    }

    private Tensor Drop(Tensor x) => Training && dropoutRate > 0 ? dropout(x, dropoutRate) : x;

    public override void Dispose()
    {
        base.Dispose();
        bert.Dispose();
        places?.Dispose();
        shares?.Dispose();
    }
}
