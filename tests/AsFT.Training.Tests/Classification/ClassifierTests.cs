using AsFT.Experiments.Models;
using AsFT.Training.Classification;
using AsFT.Training.Models;

namespace AsFT.Training.Tests.Classification;

[Collection(CommonRandomness.Name)]
public sealed class ClassifierTests
{
    private static readonly BertConfig Shape = new() { VocabularySize = 20, HiddenSize = 16, IntermediateSize = 32, Layers = 1, Heads = 2, MaxPositions = 12, PadId = 0, Dropout = 0 };

    private static ClassifierRow Row(params int[] ids) => new(ids, [true, false]);

    [Fact]
    public void Forward_PaddingChangesNothing()
    {
        using var model = new BertClassifier(Bert.Create(Shape, CPU), 2, [(1, 1), (2, 1)], 4, 0, published: false);
        using var frozen = no_grad();
        var alone = model.Forward(LabelledBatch.Of([Row(2, 5, 6, 3, 9, 3)], 0, CPU)).Logits;
        var padded = model.Forward(LabelledBatch.Of([Row(2, 5, 6, 3, 9, 3), Row(2, 5, 6, 3, 9, 10, 11, 12, 3)], 0, CPU)).Logits;
        Oracle.Close(alone, padded.narrow(0, 0, 1), 1e-5);
    }

    /// <summary>The published code attends padding, so the same text scores otherwise beside a longer one.</summary>
    [Fact]
    public void Forward_AsPublished_SeesPadding()
    {
        using var model = new BertClassifier(Bert.Create(Shape, CPU), 2, [(1, 1), (2, 1)], 4, 0, published: true);
        using var frozen = no_grad();
        var alone = model.Forward(LabelledBatch.Of([Row(2, 5, 6, 3, 9, 3)], 0, CPU)).Logits;
        var padded = model.Forward(LabelledBatch.Of([Row(2, 5, 6, 3, 9, 3), Row(2, 5, 6, 3, 9, 10, 11, 12, 3)], 0, CPU)).Logits;
        Assert.True(Oracle.LargestDifference(alone, padded.narrow(0, 0, 1)) > 1e-4);
    }

    [Fact]
    public void Forward_ALabelWithSeveralPieces_TakesTheirMean()
    {
        using var model = new BertClassifier(Bert.Create(Shape, CPU), 2, [(1, 2), (3, 1)], 5, 0, published: false);
        using var frozen = no_grad();
        var batch = LabelledBatch.Of([Row(2, 5, 6, 7, 3, 9, 3)], 0, CPU);
        var states = model.Bert.Forward(batch.Ids, batch.Mask, tensor(new long[] { 0, 0, 0, 0, 0, 1, 1 }).unsqueeze(0));
        var tokens = model.Forward(batch).LabelTokens!;
        Oracle.Close((states[0, 1] + states[0, 2]) / 2, tokens[0, 0], 1e-6);
        Oracle.Close(states[0, 3], tokens[0, 1], 0);
    }

    [Fact]
    public void Forward_ByTheLastToken_LooksAtTheTextsEnd_NotAtThePadding()
    {
        var shape = new DecoderConfig { VocabularySize = 20, HiddenSize = 16, IntermediateSize = 32, Layers = 1, Heads = 2, KeyValueHeads = 1, HeadSize = 8, MaxPositions = 12, TiedHead = true };
        using var model = new DecoderClassifier(Decoder.Create(shape, CPU), 2);
        using var frozen = no_grad();
        var alone = model.Forward(LabelledBatch.Of([Row(5, 6, 7)], 1, CPU));
        var padded = model.Forward(LabelledBatch.Of([Row(5, 6, 7), Row(5, 6, 7, 8, 9)], 1, CPU));
        Oracle.Close(alone.Logits, padded.Logits.narrow(0, 0, 1), 1e-5);
        Assert.True(Oracle.LargestDifference(padded.Logits[0], padded.Logits[1]) > 1e-4);
        Assert.Null(alone.LabelTokens);
    }

    [Fact]
    public void Weights_OfRareLabels_CountMore_ButNotWithoutEnd()
    {
        ClassifierRow With(params bool[] labels) => new([1], labels);
        var rows = Enumerable.Range(0, 100).Select(i => With(i < 50, i < 20, i < 1, false, true)).ToList();
        Oracle.Close(tensor(new[] { 1f, 4f, 20f, 1f, 1f }), LabelBalance.Weights(rows), 1e-6); // 50/50, 80/20, 99/1 but at most 20, never, always
    }
}
