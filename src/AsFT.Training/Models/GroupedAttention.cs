using AsFT.Experiments.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace AsFT.Training.Models;

/// <summary>Attention with rotary positions, in which groups of query heads share a head of keys and values (Ainslie et al. 2023).</summary>
internal sealed class GroupedAttention(DecoderConfig config, int layer, IReadOnlyDictionary<string, Parameter> weights)
{
    private readonly Projection query = Of("q_proj", layer, weights), key = Of("k_proj", layer, weights), value = Of("v_proj", layer, weights), output = Of("o_proj", layer, weights);

    public IEnumerable<Projection> Projections => [query, key, value, output];

    private static Projection Of(string name, int layer, IReadOnlyDictionary<string, Parameter> weights) => Projection.Of($"model.layers.{layer}.self_attn.{name}", weights);

    /// <param name="x">(B, T, hidden)</param>
    public Tensor Forward(Tensor x, Pass pass)
    {
        long rows = x.shape[0], length = x.shape[1], size = config.HeadSize;
        Tensor Split(Tensor t, long heads) => t.view(rows, length, heads, size).transpose(1, 2); // (B, heads, T, size)
        var q = Rotary.Turn(Split(query.Forward(x, pass.Training), config.Heads), pass.Cos, pass.Sin);
        var k = Rotary.Turn(Split(key.Forward(x, pass.Training), config.KeyValueHeads), pass.Cos, pass.Sin);
        var v = Split(value.Forward(x, pass.Training), config.KeyValueHeads);
        if (pass.Cache is not null) (k, v) = pass.Cache.Append(layer, k, v);
        var y = config.QueryScale is { } scale ? Capped(q, k, v, scale, pass.Visible) : Fused(q, k, v, pass.Visible); // (B, heads, T, size)
        var attended = output.Forward(y.transpose(1, 2).reshape(rows, length, config.Heads * size), pass.Training);
        return pass.Hook is null ? attended : pass.Hook(layer, attended);
    }

    private Tensor Fused(Tensor q, Tensor k, Tensor v, Tensor? visible)
    {
        long rows = q.shape[0], length = q.shape[2], size = config.HeadSize, groups = config.Heads / config.KeyValueHeads;
        if (length == 1) // one new position: its heads of a group are as well rows of queries, so keys and values need no copies
            return scaled_dot_product_attention(q.reshape(rows, config.KeyValueHeads, groups, size), k, v, visible).view(rows, config.Heads, 1, size);
        if (groups > 1) (k, v) = (k.repeat_interleave(groups, 1), v.repeat_interleave(groups, 1));
        return scaled_dot_product_attention(q, k, v, visible, is_casual: visible is null);
    }

    /// <summary>softmax(c · tanh(s · QKᵀ / c)) V, which no fused kernel computes; without c it is the usual form with another scale.</summary>
    private Tensor Capped(Tensor q, Tensor k, Tensor v, double scale, Tensor? visible)
    {
        long rows = q.shape[0], length = q.shape[2], all = k.shape[2], size = config.HeadSize, shared = config.KeyValueHeads, groups = config.Heads / shared;
        var scores = bmm(q.reshape(rows * shared, groups * length, size), k.reshape(rows * shared, all, size).transpose(1, 2)) * scale;
        if (config.AttentionCap is { } cap) scores = (scores / cap).tanh() * cap;
        visible ??= ones([length, all], dtype: ScalarType.Bool, device: q.device).tril(all - length).view(1, 1, length, all);
        var seen = scores.view(rows, shared, groups, length, all).masked_fill(visible.unsqueeze(2).logical_not(), double.NegativeInfinity);
        var shares = softmax(seen.to(ScalarType.Float32), -1).to(v.dtype).view(rows * shared, groups * length, all);
        return bmm(shares, v.reshape(rows * shared, all, size)).view(rows, config.Heads, length, size);
    }
}
