using TorchSharp;
using static TorchSharp.torch;

namespace AsFT.Training.Contrastive;

/// <summary>What the losses see of a batch of B texts, L labels and D dimensions. Types below float32 are computed in float32.</summary>
/// <exception cref="ArgumentException">the shapes do not belong together</exception>
public sealed class ContrastiveInput
{
    private readonly Tensor? labelTokens;

    public ContrastiveInput(Tensor sentences, Tensor? labelTokens, Tensor logits, Tensor targets)
    {
        var (b, l, d) = (targets.shape[0], targets.shape[^1], sentences.shape[^1]);
        static string Say(Tensor? t) => t is null ? "none" : $"({string.Join(", ", t.shape)})";
        if (!targets.shape.SequenceEqual([b, l]) || !logits.shape.SequenceEqual([b, l]) || !sentences.shape.SequenceEqual([b, d]) || labelTokens is not null && !labelTokens.shape.SequenceEqual([b, l, d]))
            throw new ArgumentException($"sentences {Say(sentences)}, label tokens {Say(labelTokens)}, logits {Say(logits)} and targets {Say(targets)} must be (B, D), (B, L, D), (B, L) and (B, L)");
        Sentences = AtLeastSingle(sentences);
        this.labelTokens = labelTokens is null ? null : AtLeastSingle(labelTokens);
        Logits = AtLeastSingle(logits);
        Targets = targets.to(Logits.device).to(Logits.dtype);
    }

    /// <summary>The vector of each text, (B, D).</summary>
    public Tensor Sentences { get; }

    /// <summary>The vector at each label's token, (B, L, D).</summary>
    /// <exception cref="InvalidOperationException">the encoder has none</exception>
    public Tensor LabelTokens => labelTokens ?? throw new InvalidOperationException("the loss compares label tokens, which this encoder does not have");

    /// <summary>(B, L)</summary>
    public Tensor Logits { get; }

    /// <summary>1 where a text has a label, 0 elsewhere, (B, L).</summary>
    public Tensor Targets { get; }

    private static Tensor AtLeastSingle(Tensor x) => x.dtype is ScalarType.BFloat16 or ScalarType.Float16 ? x.to(ScalarType.Float32) : x;
}
