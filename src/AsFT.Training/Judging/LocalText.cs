using AsFT.Experiments.Datasets;
using AsFT.Experiments.Models;
using AsFT.Experiments.Specification;
using AsFT.Experiments.Text;
using AsFT.Training.Models;
using static TorchSharp.torch;

namespace AsFT.Training.Judging;

/// <summary>A model of a directory, asked greedily in its own chat form.</summary>
internal sealed class LocalText(Decoder model, TextTokenizer tokenizer, TemplateKind template, int batchSize, string name) : ITextSource
{
    public string Version => $"{name}, {model.Type.ToString().ToLowerInvariant()}, greedy";

    /// <exception cref="ModelException">the directory holds no language model with a tokenizer</exception>
    public static LocalText Load(string directory, string name, int batchSize, Device device, ScalarType type)
    {
        ModelConfig.ReadLanguageModel(directory);
        var tokenizer = TokenizerDirectory.Load(directory);
        return new(Decoder.Load(directory, device, type), tokenizer, PromptTemplate.Resolve(TemplateKind.Auto, directory), batchSize, name);
    }

    public IReadOnlyList<Reply> Write(IReadOnlyList<string> prompts, int newTokens, CancellationToken cancel)
    {
        var room = model.Config.MaxPositions - newTokens;
        var (ids, replies) = (new IReadOnlyList<int>[prompts.Count], new Reply[prompts.Count]);
        for (var i = 0; i < ids.Length; i++) (ids[i], replies[i]) = Ids(prompts[i], room);
        foreach (var chunk in Enumerable.Range(0, ids.Length).Where(i => replies[i].Problem is null).OrderBy(i => ids[i].Count).Chunk(batchSize))
        {
            var answers = Generation.Greedy(model, [.. chunk.Select(i => ids[i])], newTokens, tokenizer.EndIds, cancel);
            foreach (var (i, answer) in chunk.Zip(answers)) replies[i] = new(tokenizer.Decode(answer));
        }
        return replies;
    }

    /// <summary>The ids of a prompt; the problem, if it cannot be asked.</summary>
    private (IReadOnlyList<int> Ids, Reply Reply) Ids(string prompt, int room)
    {
        try
        {
            var ids = TokenisedRow.Prompt(PromptTemplate.Render(template, new ChatRow([new("user", prompt), new("assistant", "")]), [], tokenizer.Chat), tokenizer);
            return (ids, new(null, ids.Count <= room ? null : $"question and answer take {ids.Count} tokens with the judge's instructions; its context has room for {room}"));
        }
        catch (ModelException e)
        {
            return ([], new(null, e.Message)); // the model's own template refuses the text
        }
    }

    public void Dispose() => model.Dispose();
}
