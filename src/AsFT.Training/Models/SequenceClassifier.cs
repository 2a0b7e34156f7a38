using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace AsFT.Training.Models;

/// <summary>
/// A decoder with a linear score per label in place of its head, as Hugging Face's ForSequenceClassification: read at the
/// position before the first padding id, or at the last where there is none before the text's end.
/// </summary>
public sealed class SequenceClassifier(Decoder decoder) : IDisposable
{
    public Decoder Decoder { get; } = decoder;

    /// <summary>Scores before the sigmoid, (B, labels).</summary>
    /// <param name="ids">(B, T)</param>
    /// <param name="mask">(B, T) true at text, false at padding</param>
    /// <param name="padId">the id that pads; text must not hold it</param>
    public Tensor Logits(Tensor ids, Tensor mask, int padId)
    {
        var hidden = Decoder.Hidden(ids, visible: Attendance.Causal(mask)); // (B, T, H)
        var padded = ids.eq(padId);
        var first = padded.to(ScalarType.Int64).argmax(1); // 0 where there is none, or where padding comes first
        var last = (first - 1).remainder(ids.shape[1]); // (B)
        return linear(hidden.gather(1, last.to(hidden.device).view(-1, 1, 1).expand(-1, 1, hidden.shape[2])).squeeze(1), Decoder.Weights["score.weight"]);
    }

    public void Dispose() => Decoder.Dispose();
}
