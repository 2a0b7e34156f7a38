using AsFT.Experiments.Text;
using AsFT.Experiments.Text.Tokenizers;

namespace AsFT.Experiments.Tests.Text;

public sealed class TokenizerDirectoryTests
{
    private sealed record Rendered(string Text, int[] Ids);

    public static TheoryData<string> BytePairs => ["gpt2", "strips", "llama3", "qwen2", "digits", "llama2", "gemma2", "metaspace"];

    [Theory]
    [MemberData(nameof(BytePairs))]
    [InlineData("pieces")]
    [InlineData("pieces-defined")] // pieces of white space that a text is cut by first; spaces are collapsed and none is put before
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

    [Theory]
    [InlineData("llama3", "<|begin_of_text|>")] // its post-processor puts it there
    [InlineData("llama2", "<s>")]
    [InlineData("pieces", "<s>")]
    [InlineData("qwen2", null)] // config.json names one, and the post-processor puts none
    [InlineData("gpt2", null)]
    [InlineData("digits", "<|endoftext|>")] // nothing but config.json says anything
    public void Load_Begin_IsWhatTheModelWasTaughtWith(string name, string? begin)
    {
        var tokenizer = TokenizerDirectory.Load(Golden.At(name));
        Assert.Equal(begin is null ? null : tokenizer.IdOf(begin), tokenizer.BeginId);
    }

    [Theory]
    [InlineData("e\u0301", "\u00e9", "e\u0301")]
    [InlineData("\u1112\u1161\u11ab", "\ud55c", "\u1112\u1161\u11ab")] // a syllable of three parts
    [InlineData("\u0958", "\u0915\u093c", "\u0915\u093c")] // excluded from composition
    [InlineData("\u212b", "\u00c5", "A\u030a")] // a singleton: the ångström sign is the letter
    [InlineData("q\u0307\u0323", "q\u0323\u0307", "q\u0323\u0307")] // marks are put in order
    [InlineData("a\u0334\u0301", "\u00e1\u0334", "a\u0334\u0301")] // composes over a mark of lower class
    [InlineData("a\u0305\u0301", "a\u0305\u0301", "a\u0305\u0301")] // not over one of the same class
    public void CanonicalForms_AreThoseOfTheStandard(string text, string composed, string decomposed)
    {
        Assert.Equal(composed, CanonicalForms.Compose(text));
        Assert.Equal(decomposed, CanonicalForms.Decompose(text));
    }
}
