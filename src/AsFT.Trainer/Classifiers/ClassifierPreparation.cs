using AsFT.Experiments.Events;
using AsFT.Experiments.Specification;
using AsFT.Training;
using AsFT.Training.Classification;

namespace AsFT.Trainer.Classifiers;

/// <summary>Texts of one set as the classifier reads them.</summary>
internal sealed record EncodedTexts(string Set, IReadOnlyList<LabelledText> Texts, IReadOnlyList<int[]> Ids)
{
    public IReadOnlyList<bool[]> Truth { get; } = [.. Texts.Select(t => t.Labels)];
}

/// <summary>All that a classification run needs before its first step.</summary>
internal sealed record ClassifierPreparation(LabelledData Data, EncoderSetup Setup, ClassifierTraining Training, EncodedTexts Dev, EncodedTexts Test) : IDisposable
{
    public Classifier Model => Setup.Model;

    public static ClassifierPreparation Make(RunSpecification s, Sources sources, string directory, EventLog log)
    {
        sources.Check(s);
        var data = LabelledData.Read(s, sources, directory, log);
        var setup = EncoderSetup.Make(s, data, sources, directory, Placement.Single(s));
        EncodedTexts Encode(string set, IReadOnlyList<LabelledText> texts)
        {
            var read = texts.Select(t => setup.Text.Encode(t.Text)).ToList();
            if (read.Count(r => r.Cut) is > 0 and var cut) log.Write(new Log("warning", $"{set}: {cut} of {read.Count} texts are longer than {s.Data.MaxLength} tokens and lose their end; raise data.max_length to keep them whole"));
            return new(set, texts, [.. read.Select(r => r.Ids)]);
        }
        var train = Encode("train", data.Train);
        log.Write(new Log("info", FormattableString.Invariant($"texts of {train.Ids.Average(i => i.Length):0} tokens on average, the longest {train.Ids.Max(i => i.Length)}; {setup.Text.FirstSegment} of them stand before each text")));
        var training = new ClassifierTraining(s, setup.Model, setup.Adapted, [.. train.Ids.Zip(train.Truth, (ids, labels) => new ClassifierRow(ids, labels))], setup.Text.PadId);
        return new(data, setup, training, Encode("dev", data.Dev), Encode("test", data.Test));
    }

    /// <summary>A probability a label, text by text.</summary>
    public float[][] Probabilities(EncodedTexts texts, int batchSize, CancellationToken stop, Action<int[], Classified>? look = null) =>
        Model.Probabilities(texts.Ids, Setup.Text.PadId, batchSize, Data.Labels.Count, look, stop);

    public void Dispose()
    {
        Training.Dispose();
        Model.Dispose();
    }
}
