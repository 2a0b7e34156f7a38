using AsFT.Experiments.Models;
using AsFT.Experiments.Specification;

namespace AsFT.Experiments.Classification;

/// <summary>The small BERT that is made where no encoder is named.</summary>
public static class FreshEncoder
{
    private static readonly int[] HeadSizes = [64, 32, 16, 8];

    /// <summary>Feed-forward four times as wide, as BERT's; heads of 64 where that leaves at least two.</summary>
    public static BertConfig Shape(RunSpecification s, int vocabularySize, int padId = 0)
    {
        var (c, width) = (s.Classifier, s.Classifier.Width);
        return new()
        {
            VocabularySize = vocabularySize, HiddenSize = width, IntermediateSize = 4 * width, Layers = c.Layers, Heads = width / HeadSizes.First(h => width % h == 0 && width / h >= 2 || h == 8),
            MaxPositions = s.Data.MaxLength, PadId = padId, Dropout = c.Dropout,
        };
    }
}
