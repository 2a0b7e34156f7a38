using AsFT.Data;
using AsFT.Experiments.Classification;
using AsFT.Experiments.Models;
using AsFT.Experiments.Specification;
using AsFT.Experiments.Text;

namespace AsFT.Web.Runs.Setup;

/// <summary>Whether a registered model can judge in the form that is asked of it; said when the run is queued, not when it starts.</summary>
internal static class JudgeModels
{
    private const int Categories = 14;

    public static void Check(JudgeOptions options, Model? model, string path, List<Fault> faults)
    {
        if (model is null) return;
        try
        {
            if (options.Form == JudgeForm.Classifier)
            {
                ClassifierText.Load(model.Directory, ClassifierManifest.Read(model.Directory));
                JudgeManifest.Read(model.Directory);
                return;
            }
            if (options.Form != JudgeForm.Moderation) ModelConfig.ReadLanguageModel(model.Directory);
            else if (ModelConfig.Read(model.Directory) is not DecoderConfig { Labels: Categories }) throw new ModelException($"it is no classifier with {Categories} categories, as beaver-dam-7b is");
            TokenizerDirectory.Load(model.Directory);
        }
        catch (Exception e) when (e is ModelException or IOException)
        {
            faults.Add(new(path, $"'{model.Name}' cannot judge: {e.Message}"));
        }
    }
}
