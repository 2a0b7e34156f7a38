using AsFT.Experiments.Models;
using static TorchSharp.torch;

namespace AsFT.Training.Models;

/// <summary>Rotary positions (Su et al. 2021), in the halves that Hugging Face stores.</summary>
public static class Rotary
{
    /// <summary>Cosines and sines of position times frequency, each (B, 1, T, head size). Frequency i of d/2 is θ^(−2i/d).</summary>
    /// <param name="positions">(B, T)</param>
    public static (Tensor Cos, Tensor Sin) Angles(DecoderConfig config, Tensor positions, ScalarType type)
    {
        var frequencies = tensor(Frequencies(config), dtype: ScalarType.Float32, device: positions.device);
        var half = positions.to(ScalarType.Float32).unsqueeze(1).unsqueeze(-1) * frequencies; // (B, 1, T, d/2)
        var angles = cat([half, half], -1);
        return (angles.cos().to(type), angles.sin().to(type));
    }

    /// <summary>Turns each pair (xᵢ, xᵢ₊d/2) by its position's angle.</summary>
    public static Tensor Turn(Tensor x, Tensor cos, Tensor sin)
    {
        var halves = x.chunk(2, -1);
        return x * cos + cat([-halves[1], halves[0]], -1) * sin;
    }

    internal static double[] Frequencies(DecoderConfig config) =>
        [.. Enumerable.Range(0, config.HeadSize / 2).Select(i => Stretched(Math.Pow(config.RopeTheta, -2.0 * i / config.HeadSize), config.RopeStretch))];

    /// <summary>Llama 3: a wavelength above original/low is divided by the factor, below original/high kept, between blended by where it lies.</summary>
    private static double Stretched(double frequency, RopeStretch? s)
    {
        if (s is null) return frequency;
        var turns = s.OriginalPositions * frequency / (2 * Math.PI);
        var kept = Math.Clamp((turns - s.LowFrequency) / (s.HighFrequency - s.LowFrequency), 0, 1);
        return kept * frequency + (1 - kept) * frequency / s.Factor;
    }
}
