using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace AsFT.Experiments.Specification;

public sealed record ClassifierOptions
{
    [Description("label_words: the labels' words stand before the text, and each label is scored at its own word (SpanEmo). first_token: a linear layer on BERT's first token. last_token: a linear layer on the last token of a language model such as Llama.")]
    public ClassifierForm Form { get; init; } = ClassifierForm.LabelWords;

    [Reference(ReferenceKind.Model), Description("The pretrained encoder: a registered model's name, or on the command line a Hugging Face directory. Empty: a small BERT is made anew, with a vocabulary counted from the training texts.")]
    public string? Encoder { get; init; }

    [Range(1, 24), Description("Layers of an encoder that is made anew.")]
    public int Layers { get; init; } = 2;

    [Range(8, 1024), Description("Width of an encoder that is made anew; a multiple of 8.")]
    public int Width { get; init; } = 128;

    [Range(200, 100_000), Description("Entries of a vocabulary that is counted from the data.")]
    public int Vocabulary { get; init; } = 6000;

    [Description("Words that stand for labels whose names are no words of the text's language, as label=word: anger=ira, joy=alegría.")]
    public IReadOnlyList<string> LabelWords { get; init; } = [];

    [Range(0, 10, MinimumIsExclusive = true), Description("Step size of the head, which is always made anew and learns faster than the encoder.")]
    public double HeadLearningRate { get; init; } = 1e-3;

    [Range(0, 0.9), Description("Share of values dropped while training, in a new encoder and in the head.")]
    public double Dropout { get; init; } = 0.1;

    [Description("Train as the published code does: padding is attended, both segments look alike, the warm-up begins at 0, and AdamW adds ε before its bias correction.")]
    public bool Published { get; init; }
}

public enum ClassifierForm { LabelWords, FirstToken, LastToken }

public sealed record LossOptions
{
    [Description("bce: each label on its own. joint: with the label-correlation loss. Contrastive: scl pulls together texts with equal label sets, slcl label by label, jscl by the overlap of their label sets, jspcl the same on the scores; icl pulls together the labels of one text.")]
    public LossKind Kind { get; init; } = LossKind.Scl;

    [Description("sound: finite for every batch. published: as the published code computes it, with its cases that are no number.")]
    public LossForm Form { get; init; } = LossForm.Sound;

    [Range(0, 1), Description("α: share of the contrastive (or correlation) loss; the rest is binary cross-entropy. The paper searches 1e-5 to 0.1 for scl and slcl, to 0.05 for jscl, to 0.01 for icl and to 1e-3 for jspcl.")]
    public double Alpha { get; init; } = 0.01;

    [Range(0.01, 100), Description("τ: the smaller, the more the nearest count. The paper searches 0.5 to 2.")]
    public double Temperature { get; init; } = 1;

    [Description("none, or balanced: a rare label's presence weighs as much in all as its absence, by at most 20.")]
    public ClassWeights ClassWeights { get; init; }
}

public enum ClassWeights { None, Balanced }

public sealed record ScoringOptions
{
    [Reference(ReferenceKind.Dataset), Description("Rows that are not learnt and choose the best epoch and the thresholds: a dataset. Empty: a share of the training rows is set aside.")]
    public string? Dev { get; init; }

    [Range(0, 0.5, MinimumIsExclusive = true), Description("The share of the training rows that is set aside where dev is empty, so that each label keeps its share.")]
    public double DevShare { get; init; } = 0.1;

    [Reference(ReferenceKind.Dataset), Description("Rows that are looked at once, at the end: a dataset. Empty: there is no test.")]
    public string? Test { get; init; }

    [Range(0, 1, MinimumIsExclusive = true), Description("A label holds if its probability is above this.")]
    public double Threshold { get; init; } = 0.5;

    [Description("At the end choose a threshold for each label on dev, the one with its best F1.")]
    public bool TuneThresholds { get; init; }

    [Description("Keep where the dev texts' sentence vectors lie before and after training, for the map on the run's page.")]
    public bool Embeddings { get; init; } = true;
}
