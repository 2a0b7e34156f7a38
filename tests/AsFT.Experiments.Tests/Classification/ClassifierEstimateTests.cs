using AsFT.Experiments.Classification;
using AsFT.Experiments.Models;
using AsFT.Experiments.Specification;

namespace AsFT.Experiments.Tests.Classification;

public sealed class ClassifierEstimateTests
{
    private static readonly BertConfig Config = new() { VocabularySize = 10, HiddenSize = 4, IntermediateSize = 16, Layers = 2, Heads = 2, MaxPositions = 64 };

    /// <summary>A layer holds 12·4 + 3·16 = 96 values a token. 40 texts in two layers are more than the 64 that are scored, 16 are fewer.</summary>
    [Theory]
    [InlineData(40, "Activations kept for the backward pass", 40 * 8 * 96 * 2 * 4)]
    [InlineData(16, "One layer while scoring", 64 * 8 * 96 * 4)]
    public void Of_TheLargerOfTrainingAndScoring_Counts(int batch, string name, long bytes)
    {
        var memory = ClassifierEstimate.Of(Specification(batch), Config, rows: 100, labels: 3).Memory;
        Assert.Equal(bytes, memory.Single(t => t.Name == name).Bytes);
        Assert.Equal(3L * batch * 8 * 2 * 8 * 2 * 4, memory.Single(t => t.Name == "Attention that dropout keeps whole").Bytes); // 3 × texts × 8 tokens × 2 heads × 8 tokens × 2 layers × 4 bytes
        Assert.DoesNotContain(ClassifierEstimate.Of(Specification(batch), Config with { Dropout = 0 }, 100, 3).Memory, t => t.Name == "Attention that dropout keeps whole");
    }

    private static RunSpecification Specification(int batch) => TaskGroups.Defaults(RunTask.Classification) with { Data = new() { MaxLength = 8 }, Training = new() { BatchSize = batch } };
}
