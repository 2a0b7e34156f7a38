using static TorchSharp.torch;

namespace AsFT.Training.Classification;

/// <summary>A text as ids, and which labels hold for it.</summary>
public sealed record ClassifierRow(int[] Ids, bool[] Labels);

/// <summary>Texts side by side, padded on the right.</summary>
/// <param name="Ids">(B, T)</param>
/// <param name="Mask">(B, T) true at text</param>
/// <param name="Targets">(B, L) 1 where a label holds</param>
public sealed record LabelledBatch(Tensor Ids, Tensor Mask, Tensor Targets)
{
    public int Tokens => (int)Ids.numel();

    public static LabelledBatch Of(IReadOnlyList<ClassifierRow> rows, int padId, Device device, int leastWidth = 0)
    {
        int width = Math.Max(leastWidth, rows.Max(r => r.Ids.Length)), labels = rows[0].Labels.Length;
        var ids = Enumerable.Repeat((long)padId, rows.Count * width).ToArray();
        var mask = new bool[ids.Length];
        for (var r = 0; r < rows.Count; r++)
            for (var t = 0; t < rows[r].Ids.Length; t++) (ids[r * width + t], mask[r * width + t]) = (rows[r].Ids[t], true);
        var targets = rows.SelectMany(r => r.Labels.Select(l => l ? 1f : 0f)).ToArray();
        return new(tensor(ids, [rows.Count, width], device: device), tensor(mask, [rows.Count, width], device: device), tensor(targets, [rows.Count, labels], device: device));
    }
}
