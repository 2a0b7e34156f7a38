using System.Globalization;

namespace AsFT.Experiments.Specification;

/// <summary>What values the settings of every run may hold. Checked once, at the edge; the maths trusts it.</summary>
public static class SpecificationRules
{
    public static IEnumerable<Fault> Check(RunSpecification s)
    {
        var faults = new List<Fault>();
        void Require(bool holds, string path, FormattableString problem)
        {
            if (!holds) faults.Add(new(path, problem.ToString(CultureInfo.InvariantCulture)));
        }

        Require(s.Name.Length <= 200, "name", $"has {s.Name.Length} characters; at most 200 fit");
        Require(s.Data.Train.Count > 0 || s.Task == RunTask.Basin, "data.train", $"is empty; name at least one dataset");
        Require(s.Data.Train.All(t => t.Length > 0), "data.train", $"holds an empty name");
        Require(s.Data.MaxLength is >= 8 and <= 131_072, "data.max_length", $"is {s.Data.MaxLength}; take 8 to 131072");
        Require(!s.Data.PublishedOrder || s.Data.Batching == BatchingKind.Mixed, "data.batching", $"is {s.Data.Batching.ToString().ToLowerInvariant()}, which makes an order of its own, and data.published_order keeps the file's; take mixed, or switch that off");
        Require(s.Lora.Rank is >= 0 and <= 1024, "lora.rank", $"is {s.Lora.Rank}; take 1 to 1024, or 0 to train all weights");
        Require(s.Lora.Rank > 0 || s.Training.Precision == PrecisionKind.Float32, "training.precision", $"is {s.Training.Precision.ToString().ToLowerInvariant()}, and all weights are trained; take float32, or a lora.rank above 0: small steps are lost in 2 bytes");
        Require(s.Lora.Alpha is > 0 and <= 1e6, "lora.alpha", $"is {s.Lora.Alpha}; take a number above 0");
        Require(s.Lora.Dropout is >= 0 and < 1, "lora.dropout", $"is {s.Lora.Dropout}; take 0 or more and less than 1");
        Require(s.Lora.Targets.Count > 0 && s.Lora.Targets.All(t => t.Length > 0), "lora.targets", $"is empty; name at least one layer, such as q_proj");
        if (LoraTargets.Fault(s.Lora) is { } pattern) faults.Add(new("lora.targets", pattern));
        Require(s.Lora.Layers.All(l => l >= 0), "lora.layers", $"holds a number below 0; layers are counted from 0");
        Require(s.Optimiser.LearningRate is > 0 and <= 10, "optimiser.learning_rate", $"is {s.Optimiser.LearningRate}; take a number above 0, such as 5e-5");
        Require(s.Optimiser.WeightDecay is >= 0 and <= 10, "optimiser.weight_decay", $"is {s.Optimiser.WeightDecay}; take 0 or more");
        Require(s.Optimiser.ClipNorm is >= 0 and <= 1e6, "optimiser.clip_norm", $"is {s.Optimiser.ClipNorm}; take 0 (off) or more");
        Require(s.Schedule.Gamma is > 0 and <= 1, "schedule.gamma", $"is {s.Schedule.Gamma}; take more than 0 and at most 1");
        Require(s.Schedule.Warmup is >= 0 and < 1, "schedule.warmup", $"is {s.Schedule.Warmup}; take 0 or more and less than 1");
        Require(s.Training.Epochs is >= 1 and <= 10_000, "training.epochs", $"is {s.Training.Epochs}; take 1 to 10000");
        Require(s.Training.BatchSize is >= 1 and <= 4096, "training.batch_size", $"is {s.Training.BatchSize}; take 1 to 4096");
        Require(s.Training.Accumulation is >= 1 and <= 4096, "training.accumulation", $"is {s.Training.Accumulation}; take 1 to 4096");
        if (DeviceSetting.Fault(s.Training.Device) is { } device) faults.Add(new("training.device", device));
        Require(s.Training.CheckpointEvery >= 1, "training.checkpoint_every", $"is {s.Training.CheckpointEvery}; take 1 or more");
        Require(s.Training.Patience >= 0, "training.patience", $"is {s.Training.Patience}; take 0 (off) or more");
        return [.. faults, .. s.Task switch
        {
            RunTask.Classification => ClassificationRules.Check(s),
            RunTask.Basin => [.. BasinRules.Check(s), .. EvaluationRules.Check(s), .. JudgeRules.Check(s)],
            _ => [.. FineTuningRules.Check(s), .. EvaluationRules.Check(s), .. JudgeRules.Check(s), .. DefenceRules.Check(s)],
        }];
    }
}
