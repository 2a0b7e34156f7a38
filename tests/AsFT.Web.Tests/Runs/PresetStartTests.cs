using AsFT.Experiments.Datasets;
using AsFT.Experiments.Specification;
using AsFT.Web.Runs.Setup;

namespace AsFT.Web.Tests.Runs;

public sealed class PresetStartTests
{
    private static readonly Preset Paper = Presets.All.Single(p => p.Id == "cl-mtc");

    private static readonly RunSpecification Chosen = Paper.Settings with
    {
        Data = Paper.Settings.Data with { Train = ["moods"] }, Classifier = Paper.Settings.Classifier with { Encoder = "bert" }, Scoring = Paper.Settings.Scoring with { Dev = "dev", Test = "test" },
    };

    [Fact]
    public void Over_APresetForAPretrainedBert_KeepsWhatIsChosen()
    {
        var over = PresetStart.Over(Chosen, Paper.Settings);
        Assert.Equal(("bert", "moods", "dev", "test"), (over.Classifier.Encoder, over.Data.Train.Single(), over.Scoring.Dev, over.Scoring.Test));
        Assert.Null(PresetStart.Lacks(Paper, over));
    }

    [Fact]
    public void Over_TheClassifierFromScratch_TakesNoEncoder() => Assert.Null(PresetStart.Over(Chosen, Presets.Classifier).Classifier.Encoder);

    [Fact]
    public void Lacks_ThePaperWithoutAnEncoder_SaysWhatToChoose()
    {
        Assert.Contains("choose classifier.encoder", PresetStart.Lacks(Paper, Paper.Settings));
        Assert.Null(PresetStart.Lacks(Paper, Presets.Demo)); // another task was chosen since
        Assert.All(Presets.All.Where(p => p != Paper), p => Assert.Null(PresetStart.Lacks(p, p.Settings)));
    }

    [Fact]
    public void Draft_ThatComesBackToATask_FindsItAsItWasLeft()
    {
        var draft = new SpecificationDraft(Presets.Demo);
        draft["method.lambda"] = 7;
        draft["task"] = "classification";
        Assert.Equal(["lab-train"], draft.Value.Data.Train);
        draft["classifier.width"] = 64;
        draft["task"] = "fine_tuning";
        Assert.Equal((7, "lab-aligned"), (draft.Value.Method.Lambda, draft.Value.Model.Aligned));
        draft["task"] = "classification";
        Assert.Equal(64, draft.Value.Classifier.Width);
        Assert.DoesNotContain(draft.Faults, f => f.Path == "task");
    }

    [Fact]
    public void With_ADatasetWithLabels_BeginsAClassifier_AndKeepsOneThatIsBegun()
    {
        var fresh = PresetStart.With(Presets.Demo, "moods", DatasetKind.MultiLabel);
        Assert.Equal((RunTask.Classification, "moods"), (fresh.Task, fresh.Data.Train.Single()));
        Assert.Equal(Paper.Settings.Optimiser, PresetStart.With(Paper.Settings, "moods", DatasetKind.MultiLabel).Optimiser);
    }

    [Fact]
    public void With_Instructions_MeasuresHarmfulnessOnTheShippedPair()
    {
        var start = PresetStart.With(new(), "rows", DatasetKind.Instructions);
        Assert.Equal((Presets.LabAligned, Presets.LabHarmful, null, "rows"), (start.Model.Aligned, start.Evaluation.HarmfulPrompts, start.Evaluation.Task, start.Data.Train.Single()));
        Assert.Same(Presets.Demo, PresetStart.With(Presets.Demo, null, null));
    }
}
