using System.Globalization;
using AsFT.Data;
using AsFT.Experiments.Classification;
using AsFT.Experiments.Models;
using AsFT.Experiments.Specification;
using AsFT.Web.Datasets;
using AsFT.Web.Models;
using AsFT.Web.Runs.Supervision;
using AsFT.Web.Shared;

namespace AsFT.Web.Runs.Classification;

/// <summary>What a judge is to be: which labels are harm, above which probability, what it reads, and the texts that show how often it is right.</summary>
public sealed record NewJudge(string Name, IReadOnlyList<string> Harm, double Threshold, JudgeReads Reads, string Validation);

/// <summary>Makes the classifier of a run a judge: a registered model with files of its own, which stay when the run goes.</summary>
public sealed class JudgePromotion(Predictor predictor, ModelRegistry registry, DatasetLibrary library, AppPaths paths)
{
    /// <exception cref="ModelException">with what is wrong</exception>
    public async Task<Model> PromoteAsync(Guid run, NewJudge judge, CancellationToken cancel = default)
    {
        if (!predictor.Has(run)) throw new ModelException("the run has no finished classifier");
        await registry.CheckNameAsync(judge.Name, cancel);
        var validation = (await library.ListAsync()).FirstOrDefault(d => d.Name == judge.Validation) ?? throw new ModelException($"there is no dataset '{judge.Validation}'; choose the texts on which the judge is tried");
        var directory = Path.Combine(paths.Judges, Guid.NewGuid().ToString("N"));
        using var trainer = new TrainerProcess(
        [
            "promote", predictor.DirectoryOf(run), .. judge.Harm.SelectMany(h => new[] { "--harm", h }), "--threshold", judge.Threshold.ToString(CultureInfo.InvariantCulture),
            .. judge.Reads == JudgeReads.QuestionAndAnswer ? ["--with-question"] : Array.Empty<string>(), "--validate", new Pinned(validation.Name, validation.Sha256).ToString(), "--datasets", paths.Datasets, "--out", directory,
        ]);
        await using var ended = cancel.Register(trainer.End);
        await foreach (var _ in trainer.Lines.ReadAllAsync(CancellationToken.None)) { }
        if (await trainer.Exited == 0) return await registry.RegisterAsync(directory, judge.Name, cancel);
        if (Directory.Exists(directory)) Directory.Delete(directory, recursive: true);
        throw new ModelException(trainer.LastErrors is { Length: > 0 } errors ? errors.Split('\n')[^1] : "the process that tries the judge ended without a word; the site's log may hold more");
    }
}
