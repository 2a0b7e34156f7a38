using System.Text;
using System.Text.Json;
using AsFT.Experiments.Text.Tokenizers;

namespace AsFT.Experiments.Text;

/// <summary>
/// Counts a WordPiece vocabulary from texts, for a classifier that starts without a pretrained encoder. As Hugging Face's
/// trainer does, and unlike Schuster and Nakajima 2012, who merge by likelihood, the most frequent pair is merged first
/// (BPE, Sennrich et al. 2016). Every kept character is in it, alone and as ## form, so a word of such characters is never
/// unknown; a word with another one would be unknown whole, and is not counted.
/// </summary>
public static class WordPieceTraining
{
    public static readonly IReadOnlyList<string> Special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

    private const string Prefix = "##";
    private const int LongestWord = 100; // longer ones are unknown to the tokenizer

    /// <summary>The entries in the order of their ids: special tokens, characters, their ## forms, merges.</summary>
    /// <param name="texts">what to learn from</param>
    /// <param name="size">entries in all; fewer come out where no pair is left that occurs twice</param>
    /// <param name="lowercase">lower-case and strip accents, as uncased BERT does</param>
    /// <param name="rarest">how often a character must occur to be kept</param>
    /// <param name="always">words that become entries of their own however rare they are: each counts as if it stood in every text</param>
    /// <exception cref="VocabularySizeException">the size does not hold the characters</exception>
    public static IReadOnlyList<string> Train(IEnumerable<string> texts, int size, bool lowercase = true, int rarest = 3, IEnumerable<string>? always = null)
    {
        var cleaning = new BertText(Clean: true, SpaceIdeographs: true, StripAccents: lowercase, lowercase);
        var (words, read) = CountWords(texts, cleaning);
        foreach (var (word, count) in CountWords(always ?? [], cleaning).Words) words[word] = words.GetValueOrDefault(word) + count * Math.Max(read, rarest);
        var characters = words.SelectMany(w => w.Key.EnumerateRunes().Select(r => (Rune: r, Count: w.Value))).GroupBy(c => c.Rune, c => c.Count)
            .Where(c => c.Sum() >= rarest).Select(c => c.Key).Order().ToList();
        List<string> vocabulary = [.. Special, .. characters.Select(c => c.ToString()), .. characters.Where(GoesOn).Select(c => Prefix + c)];
        if (size < vocabulary.Count) throw new VocabularySizeException(size, vocabulary.Count, characters.Count);
        var kept = characters.ToHashSet();
        Merge(vocabulary, words.Where(w => w.Key.EnumerateRunes().All(kept.Contains)).OrderBy(w => w.Key, StringComparer.Ordinal), size);
        return vocabulary;
    }

    /// <summary>Writes vocab.txt and tokenizer_config.json, which <see cref="WordPieceTokenizer.Load"/> reads, and Hugging Face's BertTokenizer too.</summary>
    public static void Write(string directory, IReadOnlyList<string> vocabulary, bool lowercase = true)
    {
        File.WriteAllText(Path.Combine(directory, "vocab.txt"), string.Concat(vocabulary.Select(v => v + "\n")));
        File.WriteAllText(Path.Combine(directory, "tokenizer_config.json"), JsonSerializer.Serialize(new
        {
            tokenizer_class = "BertTokenizer", do_lower_case = lowercase, tokenize_chinese_chars = true, strip_accents = lowercase,
            pad_token = "[PAD]", unk_token = "[UNK]", cls_token = "[CLS]", sep_token = "[SEP]", mask_token = "[MASK]",
        }));
    }

    private static (Dictionary<string, int> Words, int Texts) CountWords(IEnumerable<string> texts, BertText cleaning)
    {
        var (words, read) = (new Dictionary<string, int>(StringComparer.Ordinal), 0);
        foreach (var text in texts)
        {
            read++;
            foreach (var word in BertText.Words(cleaning.Apply(text, Place.Start), Place.Start))
                if (word.Length <= LongestWord) words[word] = words.GetValueOrDefault(word) + 1;
        }
        return (words, read);
    }

    /// <summary>Whether a word can go on with it: not punctuation and not an ideograph, which are words of their own.</summary>
    private static bool GoesOn(Rune character) =>
        BertText.Words(new BertText(true, true, false, false).Apply($"{character}{character}", Place.Start), Place.Start).Count() == 1;

    private static void Merge(List<string> vocabulary, IEnumerable<KeyValuePair<string, int>> words, int size)
    {
        var ids = vocabulary.Select((token, id) => (token, id)).ToDictionary(v => v.token, v => v.id, StringComparer.Ordinal);
        var pairs = new PairCounts(words.Select(w => (w.Key.EnumerateRunes().Select((r, i) => ids[(i == 0 ? "" : Prefix) + r]).ToList(), w.Value)));
        while (vocabulary.Count < size && pairs.MostFrequent() is var (left, right))
        {
            var token = vocabulary[left] + vocabulary[right][Prefix.Length..];
            if (!ids.TryGetValue(token, out var id)) // two ways of merging may end in the same piece
            {
                ids[token] = id = vocabulary.Count;
                vocabulary.Add(token);
            }
            pairs.Merge(left, right, id);
        }
    }
}

/// <summary>A vocabulary that does not hold what must be in it.</summary>
/// <param name="least">the entries that would do</param>
public sealed class VocabularySizeException(int size, int least, int characters)
    : ArgumentException($"A vocabulary of {size} does not hold the special tokens and the forms of the {characters} characters of these texts; take at least {least}, or leave rare characters out by a higher number for 'rarest'.")
{
    public int Least { get; } = least;
    public int Characters { get; } = characters;
}
