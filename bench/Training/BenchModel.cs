using AsFT.Experiments.Models;
using AsFT.Experiments.Text;
using AsFT.Training.Models;
using static TorchSharp.torch;

/// <summary>The model of these figures: 8 layers, 512 wide, vocabulary 4096; its weights are random.</summary>
internal static class BenchModel
{
    public static Decoder Make(int vocabulary = 4096, int positions = 512)
    {
        var model = Decoder.Create(new() { VocabularySize = vocabulary, HiddenSize = 512, IntermediateSize = 1376, Layers = 8, Heads = 8, KeyValueHeads = 8, HeadSize = 64, MaxPositions = positions, TiedHead = true }, CPU);
        foreach (var weight in model.Weights.Values) weight.requires_grad = false;
        return model;
    }

    public static List<TokenisedRow> Rows(int count, int length) =>
        [.. Enumerable.Range(0, count).Select(i => new TokenisedRow([.. Enumerable.Range(0, length).Select(t => (i * 131 + t * 17) % 4096)], length / 2, false))];
}
