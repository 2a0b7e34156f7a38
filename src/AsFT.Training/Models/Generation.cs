using static TorchSharp.torch;

namespace AsFT.Training.Models;

/// <summary>Greedy answers for many prompts side by side, padded on the left, with cached keys and values.</summary>
public static class Generation
{
    /// <summary>The new ids of each prompt, without the id that ended it.</summary>
    /// <param name="endIds">ids at which an answer is over</param>
    public static IReadOnlyList<int[]> Greedy(Decoder model, IReadOnlyList<IReadOnlyList<int>> prompts, int newTokens, IReadOnlyList<int> endIds, CancellationToken cancel = default)
    {
        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        var width = prompts.Max(p => p.Count);
        var capacity = Math.Min(width + newTokens, model.Config.MaxPositions);
        if (width >= capacity) throw new ArgumentException($"a prompt has {width} tokens; the model's context holds {model.Config.MaxPositions}, and the answer needs room");
        var (ids, real) = LeftPad(prompts, width);
        using var cache = new KeyValueCache(model.Config, prompts.Count, capacity, model.Device, model.Type);

        var mask = tensor(real, dtype: ScalarType.Bool).view(prompts.Count, width).to(model.Device);
        var positions = Attendance.Positions(mask); // (B, T)
        var next = Next(model, tensor(ids, [prompts.Count, width], device: model.Device), positions, Attendance.Causal(mask), cache);

        var answers = prompts.Select(_ => new List<int>()).ToArray();
        var open = Enumerable.Repeat(true, prompts.Count).ToArray();
        var position = positions.select(1, width - 1).unsqueeze(1);
        while (Collect(next, answers, open, endIds) && cache.Length < capacity && !cancel.IsCancellationRequested)
        {
            using var step = NewDisposeScope();
            position = (position + 1).MoveToOuterDisposeScope();
            mask = cat([mask, ones([prompts.Count, 1], dtype: ScalarType.Bool, device: model.Device)], 1).MoveToOuterDisposeScope();
            next = Next(model, next.unsqueeze(1), position, mask.unsqueeze(1).unsqueeze(1), cache).MoveToOuterDisposeScope();
        }
        cancel.ThrowIfCancellationRequested();
        return [.. answers.Select(a => a.Take(newTokens).ToArray())];
    }

    private static Tensor Next(Decoder model, Tensor ids, Tensor positions, Tensor visible, KeyValueCache cache) =>
        model.Head(model.Hidden(ids, positions, visible, cache).select(1, -1)).argmax(-1);

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
