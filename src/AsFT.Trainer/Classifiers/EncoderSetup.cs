using AsFT.Experiments.Classification;
using AsFT.Experiments.Models;
using AsFT.Experiments.Specification;
using AsFT.Experiments.Text;
using AsFT.Training;
using AsFT.Training.Classification;
using AsFT.Training.Lora;
using AsFT.Training.Models;
using static TorchSharp.torch;

namespace AsFT.Trainer.Classifiers;

/// <summary>The encoder of a classification run: a model that is there, or a small BERT made anew with a vocabulary counted from the texts.</summary>
/// <param name="Directory">its configuration and tokenizer</param>
internal sealed record EncoderSetup(string Directory, ClassifierManifest Manifest, ClassifierText Text, Classifier Model, IReadOnlyList<Projection> Adapted)
{
    public static EncoderSetup Make(RunSpecification s, LabelledData data, Sources sources, string runDirectory, Device device)
    {
        var fresh = string.IsNullOrEmpty(s.Classifier.Encoder);
        var encoder = fresh ? Vocabulary(s, data, Path.Combine(runDirectory, "encoder")) : sources.Model(s.Classifier.Encoder!, "classifier.encoder");
        var manifest = new ClassifierManifest
        {
            Form = s.Classifier.Form, Labels = data.Labels, Words = LabelRules.Words(s.Classifier, data.Labels), Thresholds = [.. data.Labels.Select(_ => s.Scoring.Threshold)],
            MaxLength = s.Data.MaxLength, Published = s.Classifier.Published, Dropout = s.Classifier.Dropout, Seen = data.Seen,
        };
        try
        {
            if (!fresh) CheckForm(s, ModelConfig.Read(encoder));
            if (manifest.Form == ClassifierForm.LabelWords) ClassifierText.CheckWords(WordPieceTokenizer.Load(encoder), manifest.Words);
            var tokenizer = fresh ? WordPieceTokenizer.Load(encoder) : null;
            var text = ClassifierText.Load(encoder, manifest);
            var model = fresh ? ClassifierFile.Over(Bert.Create(FreshEncoder.Shape(s, tokenizer!.VocabularySize, tokenizer.PadId), device), manifest, text)
                : ClassifierFile.Make(encoder, manifest, text, device, s.Training.Precision == PrecisionKind.Bfloat16 ? ScalarType.BFloat16 : ScalarType.Float32);
            return new(encoder, manifest, text, model, s.Lora.Rank == 0 ? [] : LoraAdapter.Attach([.. model.Projections], s.Lora));
        }
        catch (ModelException e) when (!fresh)
        {
            throw new SpecificationException([new("classifier.encoder", $"'{Pinned.Label(s.Classifier.Encoder!)}' cannot be used: {e.Message}")]);
        }
    }

    private static void CheckForm(RunSpecification s, ModelConfig config)
    {
        var bert = config is BertConfig;
        if (bert == (s.Classifier.Form == ClassifierForm.LastToken)) throw new ModelException(bert ? "it is a BERT; take the form label_words or first_token" : $"it is a {config.Architecture}; take the form last_token");
        if (s.Data.MaxLength > config.MaxPositions) throw new ModelException($"it reads {config.MaxPositions} tokens; lower data.max_length from {s.Data.MaxLength}");
    }

    /// <summary>Counted once: a resumed run reads the same.</summary>
    private static string Vocabulary(RunSpecification s, LabelledData data, string directory)
    {
        if (File.Exists(Path.Combine(directory, "config.json"))) return directory;
        var vocabulary = Count(s, data);
        WholeFolder.Write(directory, folder =>
        {
            WordPieceTraining.Write(folder, vocabulary);
            File.WriteAllText(Path.Combine(folder, "config.json"), FreshEncoder.Shape(s, vocabulary.Count).ToJson());
        });
        return directory;
    }

    private static IReadOnlyList<string> Count(RunSpecification s, LabelledData data)
    {
        try
        {
            return WordPieceTraining.Train(data.Train.Select(t => t.Text), s.Classifier.Vocabulary, always: LabelRules.Words(s.Classifier, data.Labels).Select(w => w.Replace('_', ' ')));
        }
        catch (VocabularySizeException e)
        {
            throw new SpecificationException([new("classifier.vocabulary", $"is {s.Classifier.Vocabulary}, and the {e.Characters} characters of texts and labels, alone and within words, take {e.Least} entries; take {e.Least} or more")]);
        }
    }
}
