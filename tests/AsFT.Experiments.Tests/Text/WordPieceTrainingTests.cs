using AsFT.Experiments.Text;

namespace AsFT.Experiments.Tests.Text;

public sealed class WordPieceTrainingTests : Workplace
{
    private static IEnumerable<string> Merged(string text, int size = 100) =>
        WordPieceTraining.Train([text], size, rarest: 1).Where(t => t.Replace("##", "", StringComparison.Ordinal).Length > 1 && !t.StartsWith('['));

    private WordPieceTokenizer Written(IReadOnlyList<string> vocabulary, bool lowercase = true)
    {
        WordPieceTraining.Write(At(""), vocabulary, lowercase);
        return WordPieceTokenizer.Load(At(""));
    }

    [Fact]
    public void Train_Begins_WithSpecialTokensThenCharactersThenTheirLaterForms() =>
        Assert.Equal(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "!", "a", "b", "##a", "##b"], WordPieceTraining.Train(["b! a"], 10, rarest: 1)); // a mark is a word of its own and never goes on one

    /// <summary>
    /// ab×3, abc×2: a ##b stands 5 times and is merged first; then ab ##c twice.
    /// aaaa×2 is a ##a ##a ##a: ##a ##a stands 4 times; then, of a ##aa ##a, both pairs twice, and a came first.
    /// xy and zw stand twice each, and x came before z.
    /// </summary>
    [Theory]
    [InlineData("ab ab ab abc abc", "ab abc")]
    [InlineData("aaaa aaaa", "##aa aaa aaaa")]
    [InlineData("zw xy zw xy", "xy zw")]
    [InlineData("ab cd", "")]
    public void Train_MergesTheMostFrequentPairFirst(string text, string merged) => Assert.Equal(merged, string.Join(' ', Merged(text)));

    [Fact]
    public void Train_Size_IsWhereItEnds() => Assert.Equal(["ab"], Merged("ab ab ab abc abc", 12)); // 5 special, 3 characters, 3 forms, one merge

    [Fact]
    public void Train_WordsThatAreAlwaysInIt_CountAsIfEachTextHadThem()
    {
        var vocabulary = WordPieceTraining.Train(["ab cab", "ab", "ab", "cab c"], 100, always: ["Foe ox"]);
        Assert.Equal(WordPieceTraining.Train(["ab cab", "ab", "ab", "cab c", .. Enumerable.Repeat("foe ox", 4)], 100), vocabulary);
        Assert.Contains("foe", vocabulary);
        Assert.Contains("ox", WordPieceTraining.Train(["ab"], 100, always: ["ox"])); // also where the texts are fewer than a character must occur
    }

    [Fact]
    public void Train_ASizeThatDoesNotHoldTheCharacters_SaysWhatWould() =>
        Assert.Contains("take at least 11", Assert.Throws<VocabularySizeException>(() => WordPieceTraining.Train(["abc"], 10, rarest: 1)).Message);

    [Fact]
    public void Train_ARareCharacter_MakesItsWordsUnknownAndTeachesNothing()
    {
        var tokenizer = Written(WordPieceTraining.Train(["qux☃", "qux☃", "ab ab ab q q u u x x"], 100, rarest: 3));
        Assert.Equal([tokenizer.UnknownId], tokenizer.Encode("ab☃"));
        Assert.Equal(["q", "##u", "##x"], tokenizer.Encode("qux").Select(tokenizer.Token));
        Assert.Equal(["ab"], tokenizer.Encode("ab").Select(tokenizer.Token));
    }

    [Theory]
    [InlineData(true, "cafe")]
    [InlineData(false, "Café")]
    public void Train_Case_IsThatOfTheTokenizer(bool lowercase, string piece)
    {
        var tokenizer = Written(WordPieceTraining.Train(["Café Café"], 100, lowercase, rarest: 1), lowercase);
        Assert.Equal([piece], tokenizer.Encode("Café").Select(tokenizer.Token));
    }

    /// <summary>Counting all pairs anew before each merge, as the algorithm is defined.</summary>
    private static List<string> Recounted(List<string> words, List<string> vocabulary, int size)
    {
        var pieces = words.ConvertAll(w => w.Select((c, i) => vocabulary.IndexOf(i == 0 ? $"{c}" : $"##{c}")).ToList());
        while (vocabulary.Count < size)
        {
            var best = pieces.SelectMany(p => p.Zip(p.Skip(1))).GroupBy(p => p).OrderByDescending(g => g.Count()).ThenBy(g => g.Key).First();
            if (best.Count() < 2) break;
            var token = vocabulary[best.Key.First] + vocabulary[best.Key.Second][2..];
            if (!vocabulary.Contains(token)) vocabulary.Add(token);
            foreach (var p in pieces)
                for (var i = 0; i + 1 < p.Count; i++)
                    if ((p[i], p[i + 1]) == best.Key)
                    {
                        p[i] = vocabulary.IndexOf(token);
                        p.RemoveAt(i + 1);
                    }
        }
        return vocabulary;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Train_KeepingCountsUpToDate_GivesWhatCountingAnewGives(int seed)
    {
        var random = new Random(seed);
        List<string> words = [.. Enumerable.Range(0, 60).Select(_ => string.Concat(Enumerable.Range(0, random.Next(1, 9)).Select(_ => "abc"[random.Next(3)])))];
        var start = WordPieceTraining.Train(words, 11, rarest: 1).ToList();
        Assert.Equal(Recounted(words, start, 80), WordPieceTraining.Train(words, 80, rarest: 1));
    }

    [Fact]
    public void Train_SemEval_NoWordOfKeptCharactersIsUnknown()
    {
        var file = Shared("data", "semeval", "2018-E-c-En-train.txt");
        Assert.SkipWhen(file is null, "did not run: SemEval-2018 E-c is not in the shared folder");
        List<string> texts = [.. File.ReadLines(file).Skip(1).Select(line => line.Split('\t')[1])];
        var vocabulary = WordPieceTraining.Train(texts, 8000);
        Assert.Equal(8000, vocabulary.Distinct().Count());
        var tokenizer = Written(vocabulary);
        Assert.Equal(8000, tokenizer.VocabularySize);
        Assert.Equal((0, 1, 2, 3, 4), (tokenizer.PadId, tokenizer.UnknownId, tokenizer.ClassifyId, tokenizer.SeparateId, tokenizer.MaskId!.Value));
        var words = texts.SelectMany(tokenizer.Words).ToList();
        Assert.All(words.Where(w => w.Pieces.Contains(tokenizer.UnknownId)), w => Assert.Contains(w.Word.EnumerateRunes(), r => !vocabulary.Contains(r.ToString())));
        Assert.All(words.Where(w => !w.Pieces.Contains(tokenizer.UnknownId)), w => Assert.Equal(w.Word, string.Concat(w.Pieces.Select((p, i) => tokenizer.Token(p)[(i == 0 ? 0 : 2)..]))));
        Assert.InRange(words.Count(w => w.Pieces.Count == 1 && w.Pieces[0] != tokenizer.UnknownId), 0.8 * words.Count, words.Count); // most words of tweets are whole
    }
}
