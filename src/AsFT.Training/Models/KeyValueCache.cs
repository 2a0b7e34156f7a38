using AsFT.Experiments.Models;
using static TorchSharp.torch;

namespace AsFT.Training.Models;

/// <summary>Keys and values of the positions so far, per layer: (B, key-value heads, length, head size).</summary>
public sealed class KeyValueCache : IDisposable
{
    private readonly Tensor[] keys, values;

    public long Length { get; private set; }
    public long Capacity { get; }

    public KeyValueCache(DecoderConfig config, long rows, long capacity, Device device, ScalarType type)
    {
        Capacity = capacity;
        Tensor Make(int _) => empty([rows, config.KeyValueHeads, capacity, config.HeadSize], dtype: type, device: device).DetachFromDisposeScope();
        keys = [.. Enumerable.Range(0, config.Layers).Select(Make)];
        values = [.. Enumerable.Range(0, config.Layers).Select(Make)];
    }

    /// <summary>Stores the new positions of a layer and returns all of them.</summary>
    public (Tensor Keys, Tensor Values) Append(int layer, Tensor key, Tensor value)
    {
        var added = key.shape[2];
        keys[layer].narrow(2, Length, added).copy_(key);
        values[layer].narrow(2, Length, added).copy_(value);
        return (keys[layer].narrow(2, 0, Length + added), values[layer].narrow(2, 0, Length + added));
    }

    /// <summary>Called once all layers have stored their new positions.</summary>
    public void Advance(long added) => Length += added;

    public void Dispose()
    {
        foreach (var tensor in keys.Concat(values)) tensor.Dispose();
    }
}
