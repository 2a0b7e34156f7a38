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
public sealed record NewJudge(string? Name, IReadOnlyList<string?>? Harm, double? Threshold, JudgeReads Reads, string? Validation);

/// <summary>Makes the classifier of a run a judge: a registered model with files of its own, which stay when the run goes.</summary>
public sealed class JudgePromotion(Predictor predictor, ModelRegistry registry, DatasetLibrary library, AppPaths paths)
{
    private const double UsualThreshold = 0.5;

    /// <exception cref="ModelException">with what is wrong</exception>
    public async Task<Model> PromoteAsync(Guid run, NewJudge judge, CancellationToken cancel = default)
    {
        if (!predictor.Has(run)) throw new ModelException("the run has no finished classifier");
        Check(judge, ClassifierManifest.Read(predictor.DirectoryOf(run)).Labels);
        await registry.CheckNameAsync(judge.Name ?? "", cancel);
        var validation = (await library.ListAsync()).FirstOrDefault(d => d.Name == judge.Validation) ?? throw new ModelException($"there is no dataset '{judge.Validation}'; choose the texts on which the judge is tried");
        var directory = Path.Combine(paths.Judges, Guid.NewGuid().ToString("N"));
        try
        {
            await TryAsync(Arguments(predictor.DirectoryOf(run), judge, validation, directory), cancel);
            return await registry.RegisterAsync(directory, judge.Name!, cancel);
        }
        catch
        {
            if (Directory.Exists(directory)) Directory.Delete(directory, recursive: true); // nobody would ever ask for it
            throw;
        }
    }

    private static void Check(NewJudge judge, IReadOnlyList<string> labels)
    {
        if (judge.Harm is not { Count: > 0 } harm) throw new ModelException("name at least one label that is harm");
        foreach (var strange in harm.Where(h => !labels.Contains(h))) throw new ModelException($"the classifier has no label '{strange}'; it has {string.Join(", ", labels)}");
        if (judge.Threshold is not (null or > 0 and < 1)) throw new ModelException(string.Create(CultureInfo.InvariantCulture, $"the threshold is {judge.Threshold}; take more than 0 and less than 1"));
        if (string.IsNullOrWhiteSpace(judge.Validation)) throw new ModelException("choose the texts on which the judge is tried: the name of a dataset with labels");
    }

    /// <summary>An option and its value are one word, so that no name that a person chose is taken for an option or a file of options.</summary>
    private string[] Arguments(string classifier, NewJudge judge, Dataset validation, string directory) =>
    [
        "promote", classifier, .. judge.Harm!.Distinct().Select(h => $"--harm={h}"), string.Create(CultureInfo.InvariantCulture, $"--threshold={judge.Threshold ?? UsualThreshold}"),
        .. judge.Reads == JudgeReads.QuestionAndAnswer ? ["--with-question"] : Array.Empty<string>(),
        $"--validate={new Pinned(validation.Name, validation.Sha256)}", $"--datasets={paths.Datasets}", $"--out={directory}",
    ];

    private static async Task TryAsync(string[] arguments, CancellationToken cancel)
    {
        using var trainer = new TrainerProcess(arguments);
        await using var ended = cancel.Register(trainer.End);
        await foreach (var _ in trainer.Lines.ReadAllAsync(CancellationToken.None)) { }
        var exit = await trainer.Exited;
        cancel.ThrowIfCancellationRequested();
        if (exit != 0) throw new ModelException(trainer.LastErrors is { Length: > 0 } errors ? errors.Split('\n')[^1] : "the process that tries the judge ended without a word; the site's log may hold more");
    }
}
