using System.Diagnostics;
using AsFT.Training;

namespace AsFT.Trainer;

/// <summary>Progress for people, on standard error or nowhere, at most once a second.</summary>
internal sealed class Progress(TextWriter to)
{
    private readonly Stopwatch lap = Stopwatch.StartNew();
    private readonly Stopwatch shown = Stopwatch.StartNew();

    /// <summary>Seconds since the last lap.</summary>
    public double Lap()
    {
        var seconds = lap.Elapsed.TotalSeconds;
        lap.Restart();
        return Math.Max(seconds, 1e-9);
    }

    public void Show(StepResult r, int steps) => Show(r.Step, steps, $"epoch {r.Epoch:0.00}  loss {r.Losses.Task:0.0000}  penalty {r.Losses.Penalty:0.0000}  lr {r.LearningRate:0.###e+0}");

    public void Show(int step, int steps, FormattableString what)
    {
        if (step != steps && shown.ElapsedMilliseconds < 1000) return;
        shown.Restart();
        to.WriteLine(FormattableString.Invariant($"step {step}/{steps}  ") + what.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>26:03:09 for a day and two hours.</summary>
    public static string Words(TimeSpan left) => $"{(int)left.TotalHours:00}:{left.Minutes:00}:{left.Seconds:00}";

    public void Say(string text)
    {
        to.WriteLine(text);
        lap.Restart();
    }
}
