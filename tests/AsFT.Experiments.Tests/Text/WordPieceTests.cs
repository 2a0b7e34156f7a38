using System.Text.Json;
using AsFT.Experiments.Models;
using AsFT.Experiments.Text;

namespace AsFT.Experiments.Tests.Text;

public sealed class WordPieceTests : Workplace
{
    private static readonly WordPieceTokenizer Uncased = WordPieceTokenizer.Load(Golden.At("bert-uncased"));

    private string ListOf(string model, object settings)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Golden.At(model, "tokenizer.json")));
        var tokens = json.RootElement.GetProperty("model").GetProperty("vocab").EnumerateObject().OrderBy(e => e.Value.GetInt32()).Select(e => e.Name);
        File.WriteAllText(At("vocab.txt"), string.Concat(tokens.Select(t => t + "\n")));
        File.WriteAllText(At("tokenizer_config.json"), JsonSerializer.Serialize(settings));
        return Path.GetDirectoryName(At("vocab.txt"))!;
    }

    [Theory]
    [InlineData("bert-uncased")]
    [InlineData("bert-cased")]
    public void Encode_AnyText_IsTheReferencesIds(string name) =>
        Golden.Compare(Golden.Read<int[][]>(name, "ids.json"), WordPieceTokenizer.Load(Golden.At(name)).Encode);

    [Theory]
    [InlineData("bert-uncased", true)]
    [InlineData("bert-cased", false)]
    public void Encode_ByVocabTxt_IsTheSame(string name, bool lower) =>
        Golden.Compare(Golden.Read<int[][]>(name, "ids.json"), WordPieceTokenizer.Load(ListOf(name, new { do_lower_case = lower })).Encode);

    [Fact]
    public void Load_StripAccents_IsObeyedWithoutLowerCasing()
    {
        var kept = WordPieceTokenizer.Load(ListOf("bert-cased", new { do_lower_case = false }));
        var stripped = WordPieceTokenizer.Load(ListOf("bert-cased", new { do_lower_case = false, strip_accents = true }));
        Assert.Equal(kept.Encode("cafe"), stripped.Encode("café"));
        Assert.NotEqual(kept.Encode("cafe"), kept.Encode("café"));
    }

    [Fact]
    public void Words_AreLowerCasedWordsWithTheirPieces()
    {
        var words = Uncased.Words("The safe MODELS, zq9!");
        Assert.Equal(["the", "safe", "models", ",", "zq9", "!"], words.Select(w => w.Word));
        Assert.Equal(Uncased.Encode("The safe MODELS, zq9!"), words.SelectMany(w => w.Pieces));
        Assert.Equal("zq9", string.Concat(words[4].Pieces.Select(p => Uncased.Token(p).Replace("##", "", StringComparison.Ordinal))));
        Assert.Empty(Uncased.Words(""));
    }

    [Fact]
    public void Load_SpecialIds_AreThoseOfTheVocabulary()
    {
        Assert.Equal((0, 1, 2, 3, 4), (Uncased.PadId, Uncased.UnknownId, Uncased.ClassifyId, Uncased.SeparateId, Uncased.MaskId!.Value)); // the vocabulary begins with them
        Assert.DoesNotContain(Uncased.Encode("[CLS] [SEP] [MASK]"), id => id is 2 or 3 or 4);
        Assert.Equal([Uncased.UnknownId], Uncased.Encode(new string('a', 101))); // longer than 100 characters
        Assert.NotEqual([Uncased.UnknownId], Uncased.Encode(new string('a', 100)));
    }

    [Theory]
    [InlineData("[UNK]\n[CLS]\n[SEP]\n", "[PAD]")]
    [InlineData("[CLS]\n[SEP]\n[PAD]\n", "[UNK]")]
    [InlineData("[PAD]\n[UNK]\n[CLS]\n[SEP]\na\na\n", "twice")]
    public void Load_DamagedVocabulary_IsRefusedByName(string lines, string named)
    {
        File.WriteAllText(At("vocab.txt"), lines);
        Assert.Contains(named, Assert.Throws<ModelException>(() => WordPieceTokenizer.Load(Path.GetDirectoryName(At("vocab.txt"))!)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_ATokenizerOfAnotherKind_IsRefusedByName()
    {
        Assert.Contains("BPE", Assert.Throws<ModelException>(() => WordPieceTokenizer.Load(Golden.At("qwen2"))).Message, StringComparison.Ordinal);
        Assert.Contains("WordPiece", Assert.Throws<ModelException>(() => TokenizerDirectory.Load(Golden.At("bert-uncased"))).Message, StringComparison.Ordinal);
    }
}
