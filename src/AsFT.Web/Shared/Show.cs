using System.Globalization;

namespace AsFT.Web.Shared;

/// <summary>Numbers, sizes and times as people read them.</summary>
public static class Show
{
    private static readonly string[] Units = ["B", "KB", "MB", "GB", "TB"];

    public static string Bytes(double bytes)
    {
        var unit = 0;
        for (; bytes >= 1000 && unit < Units.Length - 1; unit++) bytes /= 1000;
        return string.Create(CultureInfo.InvariantCulture, $"{bytes:0.#} {Units[unit]}");
    }

    public static string Count(long n) => n.ToString("N0", CultureInfo.InvariantCulture);

    public static string Number(double value) => value.ToString(Math.Abs(value) is > 0 and < 1e-3 or >= 1e6 ? "0.##e+0" : "0.####", CultureInfo.InvariantCulture);

    public static string Span(TimeSpan span) => span.TotalHours >= 1 ? string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalHours} h {span.Minutes:00} min")
        : span.TotalMinutes >= 1 ? $"{span.Minutes} min {span.Seconds:00} s" : $"{Math.Max(0, span.Seconds)} s";

    public static string Ago(DateTime time) => (DateTime.UtcNow - time) is { TotalDays: < 2 } span ? Span(span) + " ago" : time.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
