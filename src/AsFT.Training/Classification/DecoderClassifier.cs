using AsFT.Training.Models;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AsFT.Training.Classification;

/// <summary>A language model with a linear score per label on its last token, whose state is also the sentence vector.</summary>
public sealed class DecoderClassifier : Classifier
{
    private readonly Decoder decoder;

    /// <param name="decoder">disposed with the classifier</param>
    public DecoderClassifier(Decoder decoder, int labels)
    {
        this.decoder = decoder;
        Head = new Dictionary<string, Parameter> { ["score.weight"] = Fresh(decoder.Device, decoder.Config.HiddenSize, labels, decoder.Config.HiddenSize) };
    }

    public Decoder Decoder => decoder;
    public override IReadOnlyDictionary<string, Parameter> Encoder => decoder.Weights;
    public override IEnumerable<Projection> Projections => decoder.Projections;
    public override Device Device => decoder.Device;
    public override int MaxPositions => decoder.Config.MaxPositions;

    public override bool Training
    {
        get => decoder.Training;
        set => decoder.Training = value;
    }

    public override Classified Forward(LabelledBatch batch)
    {
        var hidden = decoder.Hidden(batch.Ids, visible: Attendance.Causal(batch.Mask)).to(ScalarType.Float32); // (B, T, H)
        var last = batch.Mask.sum(1) - 1; // (B)
        var sentences = hidden.gather(1, last.view(-1, 1, 1).expand(-1, 1, hidden.shape[2])).squeeze(1); // (B, H)
        return new(sentences, null, nn.functional.linear(sentences, Head["score.weight"]));
    }

    public override void Dispose()
    {
        base.Dispose();
        decoder.Dispose();
    }
}
