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
        var ids = prompts.Select(Ids).ToList();
        var replies = ids.Select(p => new Reply(null, $"question and answer take {p.Count} tokens with the judge's instructions; its context has room for {room}")).ToArray();
        foreach (var chunk in Enumerable.Range(0, ids.Count).Where(i => ids[i].Count <= room).OrderBy(i => ids[i].Count).Chunk(batchSize))
        {
            var answers = Generation.Greedy(model, [.. chunk.Select(i => ids[i])], newTokens, tokenizer.EndId, cancel);
            foreach (var (i, answer) in chunk.Zip(answers)) replies[i] = new(tokenizer.Decode(answer));
        }
        return replies;
    }

    private IReadOnlyList<int> Ids(string prompt) =>
        TokenisedRow.Prompt(PromptTemplate.Render(template, new ChatRow([new("user", prompt), new("assistant", "")]), []), tokenizer);

    public void Dispose() => model.Dispose();
}
