using System.Diagnostics;
using System.Text.Json;
using AsFT.Experiments.Text;

namespace AsFT.Experiments.Tests.Text;

/// <summary>Llama 2's own SentencePiece model, where the shared folder with it stands beside the repository.</summary>
public sealed class LlamaPiecesTests : Workplace
{
    private TextTokenizer Load()
    {
        Assert.SkipWhen(Shared("tokenizers", "llama-2", "tokenizer.model") is null, "did not run: Llama 2's tokenizer.model is not in the shared folder");
        File.Copy(Shared("tokenizers", "llama-2", "tokenizer.model")!, At("tokenizer.model"), overwrite: true);
        return TokenizerDirectory.Load(Path.GetDirectoryName(At("tokenizer.model"))!);
    }

    [Fact]
    public void Encode_AnyText_IsSentencePiecesIds() => Golden.Compare(Golden.Read<int[][]>("llama-2.ids.json"), Load().Encode);

    [Fact]
    public void Load_WithoutConfig_TakesTheModelsBeginAndEnd()
    {
        var tokenizer = Load();
        Assert.Equal((1, 2, 32_000), (tokenizer.BeginId!.Value, tokenizer.EndId, tokenizer.VocabularySize));
    }

    [Fact]
    public void Encode_NewsRows_TakesSeconds()
    {
        var tokenizer = Load();
        using var rows = JsonDocument.Parse(File.ReadAllBytes(Shared("data", "asft", "agnews_1k_p_0.1.json")!));
        var texts = rows.RootElement.EnumerateArray().Select(r => $"{r.GetProperty("instruction")}\n{r.GetProperty("input")}\n{r.GetProperty("output")}").ToList();
        var clock = Stopwatch.StartNew();
        var ids = texts.Sum(t => tokenizer.Encode(t).Count);
        TestContext.Current.SendDiagnosticMessage($"{texts.Count} rows, {texts.Sum(t => t.Length)} characters, {ids} ids in {clock.Elapsed.TotalMilliseconds:F0} ms");
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"{texts.Count} rows took {clock.Elapsed}");
    }
}
