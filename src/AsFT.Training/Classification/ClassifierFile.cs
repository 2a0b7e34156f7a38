using AsFT.Experiments.Classification;
using AsFT.Experiments.Specification;
using AsFT.Training.Models;
using static TorchSharp.torch;

namespace AsFT.Training.Classification;

/// <summary>A trained classifier as a directory: its encoder as Hugging Face's, head.safetensors and classifier.json beside it.</summary>
public static class ClassifierFile
{
    /// <param name="source">the directory whose configuration and tokenizer go with it</param>
    public static void Write(string directory, string source, Classifier model, ClassifierManifest manifest)
    {
        MergedModel.Write(directory, source, model.Encoder, model.Projections, wide: true); // it is read in float32, and judges as it was measured
        SafetensorsFile.Write(Path.Combine(directory, ClassifierManifest.HeadFile), model.Head.ToDictionary(w => w.Key, w => (Tensor)w.Value));
        manifest.Write(directory);
    }

    /// <exception cref="ModelException">the directory holds no usable classifier</exception>
    public static Classifier Load(string directory, ClassifierManifest manifest, ClassifierText text, Device device)
    {
        var model = Make(directory, manifest, text, device, ScalarType.Float32);
        SafetensorsFile.ReadInto(Path.Combine(directory, ClassifierManifest.HeadFile), model.Head);
        return model;
    }

    /// <summary>An encoder from a directory, with a head made anew.</summary>
    /// <exception cref="ModelException">the encoder does not fit the form</exception>
    public static Classifier Make(string encoder, ClassifierManifest manifest, ClassifierText text, Device device, ScalarType type)
    {
        if (manifest.Form == ClassifierForm.LastToken) return new DecoderClassifier(Decoder.Load(encoder, device, type), manifest.Labels.Count);
        return Over(Bert.Load(encoder, device, type), manifest, text);
    }

    public static BertClassifier Over(Bert bert, ClassifierManifest manifest, ClassifierText text) =>
        new(bert, manifest.Labels.Count, text.LabelPieces, text.FirstSegment, manifest.Dropout, manifest.Published);
}
