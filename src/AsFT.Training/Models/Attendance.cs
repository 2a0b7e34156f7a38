using static TorchSharp.torch;

namespace AsFT.Training.Models;

/// <summary>Which positions may look at which: masks for attention, true where they may.</summary>
public static class Attendance
{
    /// <summary>Each position sees the text up to itself; padding sees itself, so that no softmax is empty. (B, 1, T, T)</summary>
    /// <param name="text">(B, T) true at text, false at padding</param>
    public static Tensor Causal(Tensor text)
    {
        var width = text.shape[1];
        var causal = ones([width, width], dtype: ScalarType.Bool, device: text.device).tril();
        return (text.unsqueeze(1).unsqueeze(1) & causal) | eye(width, dtype: ScalarType.Bool, device: text.device);
    }

    /// <summary>Packed lines: each position sees its own row up to itself. (B, 1, T, T)</summary>
    /// <param name="rows">(B, T) the number of each position's row; all padding of a line has one of its own</param>
    public static Tensor Packed(Tensor rows)
    {
        var causal = ones([rows.shape[1], rows.shape[1]], dtype: ScalarType.Bool, device: rows.device).tril();
        return rows.unsqueeze(2).eq(rows.unsqueeze(1)).unsqueeze(1) & causal;
    }

    /// <summary>The place of each id in its row's text, counted from 0; 0 at padding on the left. (B, T)</summary>
    public static Tensor Positions(Tensor text) => (text.to(ScalarType.Int64).cumsum(1) - 1).clamp_min(0);
}
