using System.Text.Json;
using System.Text.Json.Serialization;

namespace AsFT.Experiments.Events;

/// <summary>
/// One line of events.jsonl. Seq counts the lines of the file from 1, so that a reader who saw line n goes on with n + 1.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(Started), "started")]
[JsonDerivedType(typeof(Metrics), "metrics")]
[JsonDerivedType(typeof(Evaluation), "evaluation")]
[JsonDerivedType(typeof(Sample), "sample")]
[JsonDerivedType(typeof(Directions), "directions")]
[JsonDerivedType(typeof(LabelReport), "labelreport")]
[JsonDerivedType(typeof(BasinFacts), "basinfacts")]
[JsonDerivedType(typeof(LandscapePoint), "landscapepoint")]
[JsonDerivedType(typeof(Log), "log")]
[JsonDerivedType(typeof(Checkpoint), "checkpoint")]
[JsonDerivedType(typeof(Finished), "finished")]
[JsonDerivedType(typeof(Failed), "failed")]
public abstract record RunEvent
{
    public long Seq { get; init; }
    public DateTimeOffset Time { get; init; }

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        AllowOutOfOrderMetadataProperties = true,
    };

    public string ToLine() => JsonSerializer.Serialize(this, Options);

    /// <exception cref="JsonException">the line is not a run event, for instance because it was cut short</exception>
    public static RunEvent Parse(string line) => JsonSerializer.Deserialize<RunEvent>(line, Options) ?? throw new JsonException("null is not an event");
}

/// <summary>Training begins, or goes on after <see cref="ResumedAt"/> steps.</summary>
public sealed record Started(string Specification, string Device, int Steps, int Rows, long Parameters, long Trainable, int ResumedAt) : RunEvent;

/// <summary>Values of one optimiser step, by series name.</summary>
public sealed record Metrics(int Step, double Epoch, IReadOnlyDictionary<string, double> Values) : RunEvent;

/// <summary>Scores at one step, with the protocol they were measured by.</summary>
public sealed record Evaluation(int Step, double Epoch, IReadOnlyDictionary<string, double> Values, IReadOnlyDictionary<string, string> Protocol) : RunEvent;

/// <summary>One judged answer, Set being harmful, harmless or task; or one text that a classifier got wrong, Set being dev or test.</summary>
public sealed record Sample(int Step, string Set, string Prompt, string Answer, string Verdict, string? Expected = null) : RunEvent
{
    public string? Note { get; init; }
    public string? SecondVerdict { get; init; }
    public string? SecondNote { get; init; }
}

/// <summary>How the updates lie to the alignment direction, module by module.</summary>
public sealed record Directions(int Step, IReadOnlyDictionary<string, ModuleDirection> Modules) : RunEvent;

/// <summary>
/// One module: the size ‖ΔW‖_F of its update ΔW = (α/r)BA, that of its part outside the direction ‖(I − Ĉ)ΔW‖_F, and cos(ĈΔW, ΔW), 0 for no
/// update. Spectrum holds the largest eigenvalues of Ĉ, and stands only in the first event of a run.
/// </summary>
public sealed record ModuleDirection(double Size, double Outside, double Cosine, IReadOnlyList<double>? Spectrum = null);

/// <summary>How a classifier does, label by label, on dev or test. Predicted[a][b] counts the texts that have label a and are given label b; empty where there are too many labels to show.</summary>
public sealed record LabelReport(int Step, string Set, int Texts, IReadOnlyList<LabelLine> Labels, IReadOnlyList<IReadOnlyList<int>> Predicted) : RunEvent;

/// <summary>One label: texts that have it, precision tp/(tp+fp), recall tp/(tp+fn), their F1, and the probability above which it is given.</summary>
public sealed record LabelLine(string Label, int Support, double Precision, double Recall, double F1, double Threshold);

/// <summary>Level is info or warning.</summary>
public sealed record Log(string Level, string Message) : RunEvent;

public sealed record Checkpoint(int Step, string Path) : RunEvent;

/// <summary>Outcome is completed or stopped.</summary>
public sealed record Finished(string Outcome, int Step, double Seconds) : RunEvent;

/// <summary>Reason is error, or diverged for a loss that is not finite.</summary>
public sealed record Failed(string Reason, string Cause, int Step) : RunEvent;
