using static TorchSharp.torch;

namespace AsFT.Training.Models;

/// <summary>Draws the next id instead of taking the likeliest: from softmax(logits / temperature), of the likeliest ids that together hold the share topP.</summary>
public sealed record Sampling(double Temperature, double TopP, long Seed);

/// <summary>Answers for many prompts side by side, padded on the left, with cached keys and values.</summary>
public static class Generation
{
    /// <summary>The likeliest id each time.</summary>
    public static IReadOnlyList<int[]> Greedy(Decoder model, IReadOnlyList<IReadOnlyList<int>> prompts, int newTokens, IReadOnlyList<int> endIds, CancellationToken cancel = default) =>
        Answer(model, prompts, newTokens, endIds, null, cancel);

    /// <summary>The new ids of each prompt, without the id that ended it.</summary>
    /// <param name="endIds">ids at which an answer is over</param>
    public static IReadOnlyList<int[]> Answer(Decoder model, IReadOnlyList<IReadOnlyList<int>> prompts, int newTokens, IReadOnlyList<int> endIds, Sampling? sampling, CancellationToken cancel = default)
    {
        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        var width = prompts.Max(p => p.Count);
        var capacity = Math.Min(width + newTokens, model.Config.MaxPositions);
        if (width >= capacity) throw new ArgumentException($"a prompt has {width} tokens; the model's context holds {model.Config.MaxPositions}, and the answer needs room");
        var (ids, real) = LeftPad(prompts, width);
        using var dice = sampling is null ? null : new Generator((ulong)sampling.Seed, model.HeadDevice); // of its own: training's random numbers stay as they are
        using var cache = new KeyValueCache(model, prompts.Count, capacity);

        var mask = tensor(real, dtype: ScalarType.Bool).view(prompts.Count, width).to(model.Device);
        var positions = Attendance.Positions(mask); // (B, T)
        var next = Next(model, tensor(ids, [prompts.Count, width], device: model.Device), positions, Attendance.Causal(mask), cache, sampling, dice);

        var answers = prompts.Select(_ => new List<int>()).ToArray();
        var open = Enumerable.Repeat(true, prompts.Count).ToArray();
        var position = positions.select(1, width - 1).unsqueeze(1);
        for (var made = 1; Collect(next, answers, open, endIds) && made < newTokens && cache.Length < capacity && !cancel.IsCancellationRequested; made++)
        {
            using var step = NewDisposeScope();
            position = (position + 1).MoveToOuterDisposeScope();
            mask = cat([mask, ones([prompts.Count, 1], dtype: ScalarType.Bool, device: model.Device)], 1).MoveToOuterDisposeScope();
            next = Next(model, next.unsqueeze(1), position, mask.unsqueeze(1).unsqueeze(1), cache, sampling, dice).MoveToOuterDisposeScope();
        }
        cancel.ThrowIfCancellationRequested();
        return [.. answers.Select(a => a.ToArray())];
    }

    private static Tensor Next(Decoder model, Tensor ids, Tensor positions, Tensor visible, KeyValueCache cache, Sampling? sampling, Generator? dice)
    {
        var logits = model.Head(model.Hidden(ids, positions, visible, cache).select(1, -1)); // (B, V)
        return (sampling is null ? logits.argmax(-1) : Draw(logits, sampling, dice!)).to(model.Device);
    }

    internal static Tensor Draw(Tensor logits, Sampling sampling, Generator dice)
    {
        var (shares, ids) = nn.functional.softmax(logits.to(ScalarType.Float32) / sampling.Temperature, -1).sort(-1, descending: true);
        var before = shares.cumsum(-1) - shares; // what is likelier holds so much
        var kept = shares * before.lt(sampling.TopP); // the likeliest always stays
        return ids.gather(-1, kept.multinomial(1, generator: dice)).squeeze(-1);
    }

    /// <summary>Appends each row's new id; false once every row has ended.</summary>
    private static bool Collect(Tensor next, List<int>[] answers, bool[] open, IReadOnlyList<int> endIds)
    {
        var ids = next.cpu().data<long>().ToArray();
        for (var row = 0; row < ids.Length; row++)
        {
            open[row] &= !endIds.Contains((int)ids[row]);
            if (open[row]) answers[row].Add((int)ids[row]);
        }
        return open.Contains(true);
    }

    private static (long[] Ids, bool[] Real) LeftPad(IReadOnlyList<IReadOnlyList<int>> prompts, int width)
    {
        var ids = new long[prompts.Count * width];
        var real = new bool[ids.Length];
        for (var row = 0; row < prompts.Count; row++)
            for (int i = 0, at = (row + 1) * width - prompts[row].Count; i < prompts[row].Count; i++, at++)
                (ids[at], real[at]) = (prompts[row][i], true);
        return (ids, real);
    }
}
