using AsFT.Training.Models;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AsFT.Training.Classification;

/// <summary>What a classifier makes of a batch.</summary>
/// <param name="Sentences">one vector a text, (B, D)</param>
/// <param name="LabelTokens">one vector a label, (B, L, D); null where labels have no tokens</param>
/// <param name="Logits">scores before the sigmoid, (B, L)</param>
public sealed record Classified(Tensor Sentences, Tensor? LabelTokens, Tensor Logits);

/// <summary>An encoder of texts with a score per label on top.</summary>
public abstract class Classifier : IDisposable
{
    /// <summary>What comes pretrained, if anything does.</summary>
    public abstract IReadOnlyDictionary<string, Parameter> Encoder { get; }

    /// <summary>What is always made anew.</summary>
    public IReadOnlyDictionary<string, Parameter> Head { get; protected init; } = new Dictionary<string, Parameter>();

    /// <summary>The encoder's linear layers, to which a low-rank update can be attached.</summary>
    public abstract IEnumerable<Projection> Projections { get; }

    public abstract Device Device { get; }
    public abstract int MaxPositions { get; }

    /// <summary>Dropout is active only while training.</summary>
    public virtual bool Training { get; set; }

    public abstract Classified Forward(LabelledBatch batch);

    /// <summary>σ of the scores, row by row, in batches of texts of like length.</summary>
    public float[][] Probabilities(IReadOnlyList<int[]> texts, int padId, int batchSize, int labels, Action<int[], Classified>? look = null, CancellationToken stop = default)
    {
        var found = new float[texts.Count][];
        using var inference = no_grad();
        foreach (var chunk in Enumerable.Range(0, texts.Count).OrderBy(i => texts[i].Length).Chunk(batchSize))
        {
            stop.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var seen = Forward(LabelledBatch.Of([.. chunk.Select(i => new ClassifierRow(texts[i], new bool[labels]))], padId, Device));
            look?.Invoke(chunk, seen);
            foreach (var (i, row) in chunk.Zip(seen.Logits.to(ScalarType.Float32).sigmoid().cpu().data<float>().Chunk(labels))) found[i] = row;
        }
        return found;
    }

    /// <summary>As torch's Linear begins: weight and bias uniform within ±1/√inputs.</summary>
    protected static Parameter Fresh(Device device, long inputs, params long[] shape) =>
        nn.Parameter(((rand(shape, device: device) * 2 - 1) / Math.Sqrt(inputs)).DetachFromDisposeScope());

    public virtual void Dispose()
    {
        foreach (var weight in Head.Values) weight.Dispose();
    }
}
