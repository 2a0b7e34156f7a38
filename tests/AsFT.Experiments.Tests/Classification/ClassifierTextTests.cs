using AsFT.Experiments.Classification;
using AsFT.Experiments.Specification;
using AsFT.Experiments.Text;

namespace AsFT.Experiments.Tests.Classification;

public sealed class ClassifierTextTests : Workplace
{
    // ids: 0 [PAD] 1 [UNK] 2 [CLS] 3 [SEP] 4 [MASK] 5 anger 6 joy 7 ##ful 8 a 9 day
    private WordPieceTokenizer Tokenizer()
    {
        WordPieceTraining.Write(Directory.CreateDirectory(At("v")).FullName, ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "anger", "joy", "##ful", "a", "day"]);
        return WordPieceTokenizer.Load(At("v"));
    }

    [Fact]
    public void Encode_WithLabelWords_PutsThemAsFirstSegment_AndSaysWhereEachStands()
    {
        var text = ClassifierText.Of(Tokenizer(), ["anger", "joyful"], 20);
        Assert.Equal([2, 5, 6, 7, 3, 8, 9, 3], text.Encode("a day").Ids);
        Assert.Equal([(1, 1), (2, 2)], text.LabelPieces); // "joyful" has two pieces
        Assert.Equal((5, 0), (text.FirstSegment, text.PadId));
    }

    [Fact]
    public void Describe_OfAVocabularyAlone_NamesIt()
    {
        Tokenizer();
        Assert.Equal("vocab.txt (WordPiece)", TokenizerDirectory.Describe(At("v")));
    }

    [Fact]
    public void Encode_WithoutLabelWords_HasOneSegment()
    {
        var text = ClassifierText.Of(Tokenizer(), [], 20);
        Assert.Equal([2, 8, 9, 3], text.Encode("a day").Ids);
        Assert.Empty(text.LabelPieces);
    }

    [Fact]
    public void Encode_TooLongAText_LosesItsEnd_ButNotTheSeparator()
    {
        var (ids, cut) = ClassifierText.Of(Tokenizer(), [], 10).Encode(string.Join(' ', Enumerable.Repeat("day", 100_000)));
        Assert.True(cut);
        Assert.Equal([2, .. Enumerable.Repeat(9, 8), 3], ids);
        Assert.Equal([2, 3], ClassifierText.Of(Tokenizer(), [], 10).Encode("").Ids);
    }

    /// <summary>Qwen2 puts no token before a text, and something must be there to classify.</summary>
    [Fact]
    public void Encode_AnEmptyText_OfAModelWithoutBeginToken_IsItsEndToken()
    {
        var tokenizer = TokenizerDirectory.Load(Text.Golden.At("qwen2"));
        Assert.Null(tokenizer.BeginId);
        Assert.Equal([tokenizer.EndId], ClassifierText.Of(tokenizer, 20).Encode("").Ids);
        Assert.Equal(tokenizer.Encode("a day"), ClassifierText.Of(tokenizer, 20).Encode("a day").Ids);
    }

    /// <summary>Two words that nobody knows would be the same piece, and their labels one.</summary>
    [Fact]
    public void CheckWords_AWordThatTheTokenizerDoesNotKnow_IsRefused_ButATrainedClassifierIsRead()
    {
        var fault = Assert.Throws<SpecificationException>(() => ClassifierText.CheckWords(Tokenizer(), ["anger", "怒り"])).Faults[0];
        ClassifierText.CheckWords(Tokenizer(), ["anger", "joyful"]);
        Assert.Equal(2, ClassifierText.Of(Tokenizer(), ["anger", "怒り"], 30).LabelPieces.Count);
        Assert.Equal("classifier.label_words", fault.Path);
        Assert.Contains("'怒り'", fault.Problem);
    }

    [Fact]
    public void Of_TooFewTokensWithoutLabelWords_DoesNotSendToTheFormThatIsTaken()
    {
        var fault = Assert.Throws<SpecificationException>(() => ClassifierText.Of(Tokenizer(), [], 8)).Faults[0];
        Assert.EndsWith("of which the marks about a text take 2 tokens and leave 6 for the text; raise it", fault.Problem);
    }

    [Fact]
    public void Of_LabelWordsThatLeaveNoRoom_SaysWhatTheyTake()
    {
        var fault = Assert.Throws<SpecificationException>(() => ClassifierText.Of(Tokenizer(), [.. Enumerable.Repeat("anger", 10)], 16)).Faults[0];
        Assert.Equal("data.max_length", fault.Path);
        Assert.Contains("the label words take 13 tokens and leave 3", fault.Problem);
    }

    [Fact]
    public void Of_AnUnderscore_IsASpaceBetweenWords() => Assert.Equal([2, 5, 6, 3, 3], ClassifierText.Of(Tokenizer(), ["anger_joy"], 20).Encode("").Ids);
}
