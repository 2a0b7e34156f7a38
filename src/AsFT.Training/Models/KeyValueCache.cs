using static TorchSharp.torch;

namespace AsFT.Training.Models;

/// <summary>Keys and values of the positions so far, per layer and on its device: (B, key-value heads, length, head size).</summary>
public sealed class KeyValueCache : IDisposable
{
    private readonly Tensor[] keys, values;

    public long Length { get; private set; }
    public long Capacity { get; }

    public KeyValueCache(Decoder model, long rows, long capacity)
    {
        Capacity = capacity;
        Tensor Make(Device device) => empty([rows, model.Config.KeyValueHeads, capacity, model.Config.HeadSize], dtype: model.Type, device: device).DetachFromDisposeScope();
        keys = [.. model.LayerDevices.Select(Make)];
        values = [.. model.LayerDevices.Select(Make)];
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
