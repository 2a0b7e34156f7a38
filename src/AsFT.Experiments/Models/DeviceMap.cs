using AsFT.Experiments.Specification;

namespace AsFT.Experiments.Models;

/// <summary>A device, and the bytes of weights that it has room for.</summary>
public sealed record DeviceRoom(string Name, double Bytes);

/// <summary>
/// Where the weights of a decoder lie: each layer on a device, the embedding beside the first, the last norm and the head beside the last. A head that is
/// the embedding is not there twice: it stays there, and the last hidden states, which are small, come back to it.
/// </summary>
/// <param name="Layers">the device of each layer</param>
public sealed record DeviceMap(IReadOnlyList<string> Layers)
{
    private const string Embedding = "model.embed_tokens.weight";

    public string DeviceOf(string weight) => LoraTargets.LayerOf(weight) is >= 0 and var layer ? Layers[layer] : weight == Embedding ? Layers[0] : Layers[^1];

    /// <summary>As a person named them.</summary>
    public static DeviceMap Of(IEnumerable<NamedDevice> devices) => new([.. devices.SelectMany(d => Enumerable.Repeat(d.Name, d.Layers!.Value.Last - d.Layers.Value.First + 1))]);

    /// <summary>All on one device.</summary>
    public static DeviceMap Of(string device, int layers) => new([.. Enumerable.Repeat(device, layers)]);

    /// <summary>The first devices, as few as have room; null where all of them together have none.</summary>
    public static DeviceMap? OnFewest(DecoderConfig config, int size, IReadOnlyList<DeviceRoom> devices) => Enumerable.Range(1, Math.Min(devices.Count, config.Layers))
        .Select(n => Spread(config, size, [.. devices.Take(n)])).FirstOrDefault(s => s.Fullest <= 1).Map;

    /// <summary>
    /// Neighbouring layers on each device, in its order, so that the device that is fullest for its room is as little full as can be: f(d, l) = min over k of
    /// max(f(d − 1, k), bytes of layers k … l − 1 on d / room of d).
    /// </summary>
    /// <param name="config">the model's shape</param>
    /// <param name="size">bytes of a number</param>
    /// <param name="devices">at most as many as there are layers; each gets one or more</param>
    /// <returns>the map, and how full the fullest device is: above 1 it has no room</returns>
    public static (DeviceMap Map, double Fullest) Spread(DecoderConfig config, int size, IReadOnlyList<DeviceRoom> devices)
    {
        var sums = Sums(config, size);
        var layers = config.Layers;
        var full = new double[devices.Count + 1, layers + 1];
        var begin = new int[devices.Count + 1, layers + 1];
        for (var l = 1; l <= layers; l++) full[0, l] = double.PositiveInfinity;
        for (var d = 1; d <= devices.Count; d++)
            for (var l = 0; l <= layers; l++)
            {
                full[d, l] = double.PositiveInfinity;
                for (var k = d - 1; k < l; k++)
                    if (Math.Max(full[d - 1, k], (sums[l] - sums[k]) / devices[d - 1].Bytes) is var fullest && fullest < full[d, l]) (full[d, l], begin[d, l]) = (fullest, k);
            }
        var map = new string[layers];
        for (int d = devices.Count, end = layers; d > 0; end = begin[d--, end]) Array.Fill(map, devices[d - 1].Name, begin[d, end], end - begin[d, end]);
        return (new(map), full[devices.Count, layers]);
    }

    /// <summary>Bytes of the first l layers, with the embedding before the first and what follows the last.</summary>
    private static long[] Sums(DecoderConfig config, int size)
    {
        var bytes = new long[config.Layers];
        foreach (var (name, shape) in config.Parameters())
            bytes[LoraTargets.LayerOf(name) is >= 0 and var layer ? layer : name == Embedding ? 0 : ^1] += size * shape.Aggregate(1L, (a, b) => a * b);
        return [0, .. bytes.Select((_, l) => bytes.Take(l + 1).Sum())];
    }
}
