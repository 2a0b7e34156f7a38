using System.Text.Json.Nodes;
using AsFT.Experiments.Models;
using AsFT.Experiments.Text;

namespace AsFT.Experiments.Tests.Text;

/// <summary>What cannot be read exactly is refused, and the message names it.</summary>
public sealed class RefusedTokenizerTests : Workplace
{
    private string Refusal(string model, Action<JsonNode> change)
    {
        var root = JsonNode.Parse(File.ReadAllBytes(Golden.At(model, "tokenizer.json")))!;
        change(root);
        File.WriteAllText(At("tokenizer.json"), root.ToJsonString());
        File.Copy(Golden.At(model, "config.json"), At("config.json"), overwrite: true);
        return Assert.Throws<ModelException>(() => TokenizerDirectory.Load(Path.GetDirectoryName(At("config.json"))!)).Message;
    }

    [Theory]
    [InlineData("model", """{"type":"Unigram","vocab":[["a",-1.0]]}""", "Unigram")]
    [InlineData("normalizer", """{"type":"NFKC"}""", "NFKC")]
    [InlineData("normalizer", """{"type":"Sequence","normalizers":[{"type":"NFC"},{"type":"Precompiled"}]}""", "Precompiled")]
    [InlineData("pre_tokenizer", """{"type":"UnicodeScripts"}""", "UnicodeScripts")]
    [InlineData("pre_tokenizer", """{"type":"Split","pattern":{"Regex":"a"},"behavior":"Contiguous","invert":false}""", "Contiguous")]
    [InlineData("pre_tokenizer", """{"type":"Split","pattern":{"Regex":"\\p{Han}"},"behavior":"Isolated","invert":false}""", "Han")]
    [InlineData("decoder", """{"type":"CTC"}""", "CTC")]
    public void Load_AnUnknownPart_IsNamed(string part, string json, string named) =>
        Assert.Contains(named, Refusal("qwen2", root => root[part] = JsonNode.Parse(json)), StringComparison.Ordinal);

    [Fact]
    public void Load_AMissingByte_IsNamed()
    {
        Assert.Contains("<0x41>", Refusal("llama2", root => root["model"]!["vocab"]!.AsObject().Remove("<0x41>")), StringComparison.Ordinal);
        Assert.Contains("'Ġ'", Refusal("digits", root =>
        {
            root["model"]!["vocab"]!.AsObject().Remove("Ġ");
            root["model"]!["merges"] = new JsonArray();
        }), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_MergeOutsideTheVocabulary_IsNamed() =>
        Assert.Contains("'qqq'", Refusal("qwen2", root => root["model"]!["merges"]!.AsArray().Add(new JsonArray("qqq", "a"))), StringComparison.Ordinal);

    [Fact]
    public void Load_NeitherBytesNorUnknown_IsRefused() => Assert.Contains("silently", Refusal("llama2", root =>
    {
        root["model"]!["byte_fallback"] = false;
        root["model"]!["unk_token"] = null;
    }), StringComparison.Ordinal);

    [Theory]
    [InlineData("end_of_word_suffix", "\"</w>\"", "</w>")]
    [InlineData("dropout", "0.1", "dropout")]
    public void Load_AVariantOfBpe_IsNamed(string option, string json, string named) =>
        Assert.Contains(named, Refusal("gpt2", root => root["model"]![option] = JsonNode.Parse(json)), StringComparison.Ordinal);

    [Fact]
    public void Load_DamagedPieces_IsRefused()
    {
        var file = File.ReadAllBytes(Golden.At("pieces", "tokenizer.model"));
        File.Copy(Golden.At("pieces", "config.json"), At("config.json"));
        foreach (var length in (int[])[0, 1, 100, file.Length / 2, file.Length - 1])
        {
            File.WriteAllBytes(At("tokenizer.model"), file[..length]);
            Assert.Throws<ModelException>(() => TokenizerDirectory.Load(Path.GetDirectoryName(At("config.json"))!));
        }
    }
}
