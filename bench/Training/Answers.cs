using AsFT.Training.Models;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>Prompts a second, many side by side with cached keys and values, against one at a time.</summary>
internal static class Answers
{
    private const int NewTokens = 32;

    public static void Run()
    {
        Console.WriteLine($"Answers: prompts of 20 to 60 tokens, {NewTokens} new tokens each");
        using var model = BenchModel.Make();
        foreach (var count in new[] { 32, 100 }) Compare(model, count);
    }

    private static void Compare(Decoder model, int count)
    {
        var prompts = Enumerable.Range(0, count).Select(i => (IReadOnlyList<int>)[.. Enumerable.Range(0, 20 + i * 40 / count).Select(t => (i * 31 + t * 7) % 4096)]).ToList();
        var (together, alone) = Timing.Medians(3, () => Do(() => Generation.Greedy(model, prompts, NewTokens, [])), () => Do(() =>
        {
            foreach (var prompt in prompts) Generation.Greedy(model, [prompt], NewTokens, []);
        }), warmups: 1);
        Timing.Say($"  {count} side by side / one at a time, both with a cache: {alone / together:0.0} ×   ({count * 1000 / together:0.0} prompts/s, {count * 1000 / alone:0.0})");
        var plain = Timing.Once(() => Do(() =>
        {
            foreach (var prompt in prompts.Take(4)) WithoutCache(model, prompt);
        })) * count / 4;
        Timing.Say($"  {count} side by side / one at a time without a cache: {plain / together:0.0} ×");
    }

    private static Tensor? Do(Action act)
    {
        act();
        return null;
    }

    /// <summary>The plain form: the whole text again for each new id.</summary>
    private static void WithoutCache(Decoder model, IReadOnlyList<int> prompt)
    {
        using var frozen = inference_mode();
        var ids = prompt.Select(i => (long)i).ToList();
        for (var n = 0; n < NewTokens; n++)
        {
            using var scope = NewDisposeScope();
            ids.Add(model.Head(model.Hidden(tensor(ids.ToArray()).unsqueeze(0)).select(1, -1)).argmax(-1).item<long>());
        }
    }
}
