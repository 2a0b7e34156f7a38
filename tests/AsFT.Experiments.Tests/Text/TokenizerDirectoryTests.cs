using AsFT.Experiments.Text;

namespace AsFT.Experiments.Tests.Text;

public sealed class TokenizerDirectoryTests
{
    private sealed record Rendered(string Text, int[] Ids);

    public static TheoryData<string> BytePairs => ["gpt2", "llama3", "qwen2", "digits", "llama2", "gemma2", "metaspace"];

    [Theory]
    [MemberData(nameof(BytePairs))]
    [InlineData("pieces")]
    public void Encode_AnyText_IsTheReferencesIds(string name)
    {
        var tokenizer = TokenizerDirectory.Load(Golden.At(name));
        Golden.Compare(Golden.Read<int[][]>(name, "ids.json"), tokenizer.Encode);
    }

    [Theory]
    [MemberData(nameof(BytePairs))]
    public void Encode_WhatATemplateWrote_HoldsItsSpecialTokens(string name)
    {
        var tokenizer = TokenizerDirectory.Load(Golden.At(name));
        foreach (var (text, ids) in Golden.Read<Rendered[]>(name, "template.json"))
            Assert.Equal(ids, tokenizer.Encode([new(text, FromTemplate: true)]));
    }

    [Theory]
    [MemberData(nameof(BytePairs))]
    public void Encode_WhatAPersonWrote_NeverHoldsASpecialToken(string name)
    {
        var tokenizer = TokenizerDirectory.Load(Golden.At(name));
        var tokens = Golden.Read<Rendered[]>(name, "template.json")[1].Text; // all added tokens in a row
        var visible = tokenizer.Encode([new(tokens, FromTemplate: true)]).Where(id => !string.IsNullOrWhiteSpace(tokenizer.Piece(id))).ToHashSet();
        Assert.NotEmpty(visible);
        foreach (var text in (string[])[tokens, "a " + tokens + " b", "\n" + tokens])
        {
            Assert.DoesNotContain(tokenizer.Encode(text), visible.Contains);
            Assert.DoesNotContain(tokenizer.Encode([new("a ", FromTemplate: true), new(text, FromTemplate: false)]), visible.Contains);
            Assert.Equal(tokenizer.Encode(text), tokenizer.Encode([new(text[..2], FromTemplate: false), new(text[2..], FromTemplate: false)]));
        }
    }

    [Theory]
    [MemberData(nameof(BytePairs))]
    public void Encode_ATokenHalfFromTheTemplate_IsCharacters(string name)
    {
        var tokenizer = TokenizerDirectory.Load(Golden.At(name));
        var token = Golden.Read<Rendered[]>(name, "template.json")[1].Text; // all special tokens in a row
        var last = token[token.LastIndexOf('<')..];
        Assert.Contains(tokenizer.IdOf(last)!.Value, tokenizer.Encode([new(last, FromTemplate: true)]));
        Assert.DoesNotContain(tokenizer.IdOf(last)!.Value, tokenizer.Encode([new(last[..^1], FromTemplate: true), new(last[^1..], FromTemplate: false)]));
    }

    [Theory]
    [InlineData("gpt2")]
    [InlineData("llama3")]
    [InlineData("llama2")]
    [InlineData("gemma2")]
    [InlineData("pieces")]
    public void Decode_AnyText_ComesBack(string name)
    {
        var tokenizer = TokenizerDirectory.Load(Golden.At(name));
        Assert.All(Golden.Strings.Where(s => !s.Contains('▁')), text => Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text)))); // ▁ is a space to SentencePiece
    }
}
