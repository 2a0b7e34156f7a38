using AsFT.Experiments.Specification;

namespace AsFT.Experiments.Tests.Classification;

public sealed class ClassificationSpecificationTests
{
    private const string Least = "task: classification\ndata: {train: [d]}\n";

    [Fact]
    public void Parse_WhatIsLeftOut_IsThePapersSettingOfClassification()
    {
        var s = SpecificationText.Parse(Least + "training: {epochs: 3}\n");
        Assert.Equal((3, 32, 10), (s.Training.Epochs, s.Training.BatchSize, s.Training.Patience));
        Assert.Equal((2e-5, 1e-3, 1.0), (s.Optimiser.LearningRate, s.Classifier.HeadLearningRate, s.Optimiser.ClipNorm));
        Assert.Equal((ScheduleKind.Linear, 0.1, 128, 0), (s.Schedule.Kind, s.Schedule.Warmup, s.Data.MaxLength, s.Lora.Rank));
    }

    [Fact]
    public void ToJson_HoldsTheGroupsOfTheTaskAlone()
    {
        var classification = SpecificationText.ToJson(SpecificationText.Parse(Least));
        foreach (var group in new[] { "model", "method", "evaluation", "judge", "second_judge" }) Assert.DoesNotContain($"\"{group}\":", classification);
        foreach (var group in new[] { "classifier", "loss", "scoring" })
        {
            Assert.Contains($"\"{group}\":", classification);
            Assert.DoesNotContain($"\"{group}\":", SpecificationText.ToJson(new RunSpecification()));
        }
    }

    /// <summary>A classifier's settings in a run of fine-tuning would be ignored; so they are refused, and the other way round.</summary>
    [Theory]
    [InlineData("task: classification\nmodel: {aligned: m}", "model", "belongs to the task fine_tuning")]
    [InlineData("loss: {kind: scl}", "loss", "belongs to the task classification")]
    [InlineData("task: clasification", "task", "one of fine_tuning, classification")]
    public void Parse_AGroupOfAnotherTask_IsRefused(string text, string path, string problem) => Refuses(text + "\ndata: {train: [d]}", path, problem);

    [Theory]
    [InlineData("classifier: {form: last_token}", "classifier.encoder", "needs a language model")]
    [InlineData("classifier: {form: first_token}\nloss: {kind: icl}", "loss.kind", "take the form label_words")]
    [InlineData("lora: {rank: 4}", "lora.rank", "nothing to adapt")]
    [InlineData("classifier: {width: 100}", "classifier.width", "multiple of 8")]
    [InlineData("classifier: {width: 4}", "classifier.width", "take 8 to 1024")]
    [InlineData("classifier: {label_words: [anger]}", "classifier.label_words[0]", "label=word")]
    [InlineData("classifier: {label_words: ['=ira']}", "classifier.label_words[0]", "label=word")]
    [InlineData("classifier: {label_words: [anger=ira, joy=gozo, anger=enojo]}", "classifier.label_words[2]", "gives the label 'anger' a second word; leave one")]
    [InlineData("classifier: {label_words: [anger]}\ntraining: {precision: bfloat16}", "classifier.label_words[0]", "label=word")]
    [InlineData("loss: {alpha: 1.5}", "loss.alpha", "take 0 to 1")]
    [InlineData("loss: {temperature: 0}", "loss.temperature", "take 0.01 to 100")]
    [InlineData("training: {batch_size: 1}", "training.batch_size", "take 2 or more")]
    [InlineData("training: {precision: float16}\nlora: {rank: 4}\nclassifier: {encoder: m}", "training.precision", "no loss scaling")]
    [InlineData("training: {device: 'cuda:0, cuda:1'}", "training.device", "name one")]
    [InlineData("scoring: {test: d}", "scoring.test", "says nothing")]
    [InlineData("scoring: {dev: d}", "scoring.dev", "leave it empty")]
    [InlineData("scoring: {dev: e, test: e}", "scoring.test", "is also dev")]
    [InlineData("scoring: {dev_share: 0.9}", "scoring.dev_share", "at most 0.5")]
    public void Parse_AFault_IsNamedByItsPathWithWhatToDo(string text, string path, string problem) => Refuses(Least + text, path, problem);

    [Fact]
    public void Parse_ABatchOfOne_IsEnoughForCrossEntropy() => Assert.Equal(1, SpecificationText.Parse(Least + "training: {batch_size: 1}\nloss: {kind: bce}").Training.BatchSize);

    /// <summary>ICL compares the labels within a text.</summary>
    [Fact]
    public void Parse_ABatchOfOne_IsEnoughForIcl() => Assert.Equal(1, SpecificationText.Parse(Least + "training: {batch_size: 1}\nloss: {kind: icl}").Training.BatchSize);

    private static void Refuses(string text, string path, string problem)
    {
        var faults = Assert.Throws<SpecificationException>(() => SpecificationText.Parse(text)).Faults;
        Assert.Contains(faults, f => f.Path == path && f.Problem.Contains(problem, StringComparison.Ordinal));
    }
}
