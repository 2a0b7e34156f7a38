using AsFT.Experiments.Specification;
using AsFT.Training.Judging.Endpoints;
using static TorchSharp.torch;

namespace AsFT.Training.Judging;

/// <summary>What a judge needs beside its settings.</summary>
/// <param name="Directory">the judging model's directory, by its reference</param>
/// <param name="Name">its name and hash, by its reference and directory</param>
/// <param name="Secret">environment variables, of which a secret's key is one</param>
/// <param name="AllowPrivate">whether an address may lie on this machine or in a private network</param>
/// <param name="BatchSize">texts side by side</param>
public sealed record JudgePlace(Func<string, string> Directory, Func<string, string, string> Name, Func<string, string?> Secret, bool AllowPrivate, Device Device, ScalarType Type, int BatchSize);

/// <summary>The judge that a group of settings describes.</summary>
public static class Judges
{
    /// <summary>Null for the form none.</summary>
    /// <param name="options">the settings, checked</param>
    /// <param name="group">their path, for faults</param>
    /// <param name="place">where it runs</param>
    /// <exception cref="SpecificationException">the model or the secret cannot be used</exception>
    public static IJudge? Make(JudgeOptions options, string group, JudgePlace place) => options.Form switch
    {
        JudgeForm.None => null,
        JudgeForm.RefusalPhrases => new RefusalPhrases(),
        JudgeForm.Lab => new LabJudge(),
        JudgeForm.Moderation => Local(options, group, place, (directory, name) => ModerationJudge.Load(directory, name, options.Threshold, options.MaxLength, place.BatchSize, place.Device, place.Type)),
        JudgeForm.Classifier => Local(options, group, place, (directory, name) => ClassifierJudge.Load(directory, name, place.BatchSize, place.Device)),
        JudgeForm.LlamaGuard => new RubricJudge(new LlamaGuard(), Source(options, group, place)),
        JudgeForm.WildGuard => new RubricJudge(new WildGuard(), Source(options, group, place)),
        JudgeForm.StrongReject => new RubricJudge(new StrongReject(options.Threshold), Source(options, group, place)),
        _ => throw new ArgumentOutOfRangeException(nameof(options), options.Form, "unknown form of judge"),
    };

    private static ITextSource Source(JudgeOptions options, string group, JudgePlace place) => string.IsNullOrEmpty(options.Address)
        ? Local(options, group, place, (directory, name) => LocalText.Load(directory, name, place.BatchSize, place.Device, place.Type))
        : new EndpointText(options, JudgeSecret.Of(options, group, place.Secret), place.AllowPrivate);

    private static T Local<T>(JudgeOptions options, string group, JudgePlace place, Func<string, string, T> load)
    {
        var directory = place.Directory(options.Model!);
        try
        {
            return load(directory, place.Name(options.Model!, directory));
        }
        catch (AsFT.Experiments.Models.ModelException e)
        {
            throw new SpecificationException([new($"{group}.model", $"'{Pinned.Label(options.Model!)}' cannot judge: {e.Message}")]);
        }
    }
}
