using AsFT.Experiments.Text;
using AsFT.Experiments.Specification;

namespace AsFT.Experiments.Classification;

/// <summary>
/// How a classifier reads a text. label_words: [CLS] label words [SEP] text [SEP], the words as first segment; first_token:
/// [CLS] text [SEP]; last_token: begin token and text. Too long a text loses its end.
/// </summary>
public sealed class ClassifierText
{
    private const int LeastRoom = 8;

    private readonly Func<string, IReadOnlyList<int>> encode;
    private readonly int[] before, after;
    private readonly int maxLength;

    private ClassifierText(Func<string, IReadOnlyList<int>> encode, int[] before, int[] after, int padId, int maxLength, IReadOnlyList<(int First, int Count)> labelPieces)
    {
        (this.encode, this.before, this.after, PadId, this.maxLength, LabelPieces) = (encode, before, after, padId, maxLength, labelPieces);
        var room = maxLength - before.Length - after.Length;
        if (room < LeastRoom) throw new SpecificationException([new("data.max_length", $"is {maxLength}, of which {(labelPieces.Count > 0 ? "the label words take" : "the marks about a text take")} {before.Length + after.Length} tokens and leave {Math.Max(0, room)} for the text; raise it{(labelPieces.Count > 0 ? ", or take the form first_token" : "")}")]);
    }

    public int PadId { get; }

    /// <summary>Ids that stand before every text.</summary>
    public int FirstSegment => before.Length;

    /// <summary>Where each label's word stands in every row: its first piece, and how many there are. Empty but for label_words.</summary>
    public IReadOnlyList<(int First, int Count)> LabelPieces { get; }

    /// <param name="words">what stands for each label; empty: no first segment</param>
    /// <param name="maxLength">tokens that are read, all counted</param>
    /// <exception cref="SpecificationException">the label words leave no room, or one is nothing</exception>
    public static ClassifierText Of(WordPieceTokenizer tokenizer, IReadOnlyList<string> words, int maxLength)
    {
        var before = new List<int> { tokenizer.ClassifyId };
        var pieces = new List<(int, int)>();
        foreach (var word in words)
        {
            var ids = tokenizer.Encode(word.Replace('_', ' '));
            if (ids.Count == 0) throw Unknown(word);
            pieces.Add((before.Count, ids.Count));
            before.AddRange(ids);
        }
        if (words.Count > 0) before.Add(tokenizer.SeparateId);
        return new(tokenizer.Encode, [.. before], [tokenizer.SeparateId], tokenizer.PadId, maxLength, pieces);
    }

    public static ClassifierText Of(TextTokenizer tokenizer, int maxLength) =>
        new(tokenizer.Encode, tokenizer.BeginId is { } begin ? [begin] : [], [], tokenizer.EndId, maxLength, []);

    /// <summary>For a classifier that is begun: of two words that the tokenizer does not know, it could not tell one from the other.</summary>
    /// <exception cref="SpecificationException">it knows nothing of a word</exception>
    public static void CheckWords(WordPieceTokenizer tokenizer, IReadOnlyList<string> words)
    {
        if (words.FirstOrDefault(w => tokenizer.Encode(w.Replace('_', ' ')).All(id => id == tokenizer.UnknownId)) is { } unknown) throw Unknown(unknown);
    }

    private static SpecificationException Unknown(string word) => new([new("classifier.label_words", $"the label '{word}' has no letter that the tokenizer knows; write another word for it, as {word}=word")]);

    /// <summary>The tokenizer and form of a trained classifier's directory.</summary>
    public static ClassifierText Load(string directory, ClassifierManifest manifest) => manifest.Form switch
    {
        ClassifierForm.LastToken => Of(TokenizerDirectory.Load(directory), manifest.MaxLength),
        ClassifierForm.FirstToken => Of(WordPieceTokenizer.Load(directory), [], manifest.MaxLength),
        _ => Of(WordPieceTokenizer.Load(directory), manifest.Words, manifest.MaxLength),
    };

    public (int[] Ids, bool Cut) Encode(string text)
    {
        var ids = encode(text);
        var room = maxLength - before.Length - after.Length;
        if (ids.Count + before.Length + after.Length == 0) return ([PadId], false); // without a begin token nothing would be left to classify
        return ([.. before, .. ids.Take(room), .. after], ids.Count > room);
    }
}
