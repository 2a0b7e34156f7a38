using AsFT.Data;
using AsFT.Experiments.Classification;
using AsFT.Experiments.Datasets;
using AsFT.Experiments.Models;
using AsFT.Experiments.Specification;
using AsFT.Experiments.Text;
using AsFT.Web.Shared;

namespace AsFT.Web.Runs.Setup;

/// <summary>Whether data and encoder of a classification run fit; said when the run is queued, not when it starts.</summary>
internal static class ClassifierChecks
{
    public static void Check(RunSpecification s, IReadOnlyDictionary<string, Model> models, IReadOnlyDictionary<string, Dataset> datasets, AppPaths paths, List<Fault> faults)
    {
        var summaries = datasets.Where(d => DatasetFolder.At(paths.Datasets, d.Value.Sha256).Exists).ToDictionary(d => d.Key, d => DatasetFolder.At(paths.Datasets, d.Value.Sha256).Summary with { Name = d.Value.Name });
        Dictionary<string, DatasetSummary> Where(bool train) => summaries.Where(d => d.Key.StartsWith("data.train", StringComparison.Ordinal) == train).ToDictionary(d => d.Key, d => d.Value);
        if (Where(train: true) is { Count: > 0 } learnt)
        {
            faults.AddRange(LabelRules.Check(learnt, Where(train: false)));
            faults.AddRange(LabelRules.CheckWords(s.Classifier, LabelRules.Labels(learnt.Values)));
        }
        if (models.TryGetValue("classifier.encoder", out var encoder)) CheckEncoder(s, encoder, LabelRules.Labels(Where(train: true).Values), faults);
    }

    private static void CheckEncoder(RunSpecification s, Model encoder, IReadOnlyList<string> labels, List<Fault> faults)
    {
        try
        {
            var config = ModelDirectory.Inspect(encoder.Directory).Config;
            if (config is BertConfig == (s.Classifier.Form == ClassifierForm.LastToken))
                throw new ModelException(config is BertConfig ? "it is a BERT; take the form label_words or first_token" : $"it is a {config.Architecture}; take the form last_token");
            if (s.Data.MaxLength > config.MaxPositions) faults.Add(new("data.max_length", $"is {s.Data.MaxLength}; '{encoder.Name}' reads {config.MaxPositions} tokens"));
            if (config is BertConfig)
            {
                IReadOnlyList<string> words = s.Classifier.Form == ClassifierForm.LabelWords && faults.Count == 0 ? LabelRules.Words(s.Classifier, labels) : [];
                var tokenizer = WordPieceTokenizer.Load(encoder.Directory);
                ClassifierText.CheckWords(tokenizer, words);
                ClassifierText.Of(tokenizer, words, s.Data.MaxLength);
            }
            else TokenizerDirectory.Load(encoder.Directory);
            faults.AddRange(LoraChecks.Check(s.Lora, config, encoder.Name));
        }
        catch (SpecificationException e)
        {
            faults.AddRange(e.Faults);
        }
        catch (Exception e) when (e is ModelException or IOException or UnauthorizedAccessException)
        {
            faults.Add(new("classifier.encoder", $"'{encoder.Name}' cannot be used: {e.Message}"));
        }
    }
}
