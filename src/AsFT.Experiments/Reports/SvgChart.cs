using System.Globalization;
using System.Net;
using System.Text;

namespace AsFT.Experiments.Reports;

/// <summary>A point of a chart with the ends of its intervals, if it has any.</summary>
/// <param name="Strong">drawn large and filled; the others small and hollow</param>
public sealed record ChartPoint(double X, double Y, bool Strong = false, (double Low, double High)? XInterval = null, (double Low, double High)? YInterval = null);

/// <summary>Points of one colour, joined by a line where that is asked for.</summary>
public sealed record ChartSeries(string Name, IReadOnlyList<ChartPoint> Points, bool Joined = true);

/// <summary>The range of an axis and what it counts.</summary>
public sealed record ChartAxis(string Name, double From, double To, int Ticks = 5, string Format = "0.##")
{
    internal double Share(double value) => (value - From) / (To - From);
}

/// <summary>Shares over a grid, drawn below the lines as the darker the higher, from white at 0 to dark red at 1.</summary>
/// <param name="Name">what the colour counts</param>
/// <param name="Step">from one place of the grid to the next, the same both ways</param>
public sealed record ChartCells(string Name, double Step, IReadOnlyList<(double X, double Y, double Share)> Places);

/// <summary>A picture of lines and points as SVG, on white, so that it reads on every page. The numbers stand in a table beside it.</summary>
public static class SvgChart
{
    private const int Left = 62, Top = 34, Width = 470, Height = 330, Legend = 190, Bottom = 46, Row = 17;

    public static string Draw(string title, ChartAxis x, ChartAxis y, IReadOnlyList<ChartSeries> series, ChartCells? cells = null)
    {
        var height = Math.Max(Height, series.Count * Row);
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Left + Width + Legend} {Top + height + Bottom}\" font-family=\"sans-serif\" font-size=\"12\" role=\"img\"><title>{Text(title)}</title><rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left}\" y=\"20\" font-size=\"14\" font-weight=\"bold\">{Text(title)}</text>");
        var frame = new Frame(x, y, height);
        if (cells is not null) Cells(svg, frame, cells, series.Count);
        Axes(svg, frame);
        for (var i = 0; i < series.Count; i++) Series(svg, frame, series[i], i, Colour(i, series.Count));
        return svg.Append("</svg>\n").ToString();
    }

    private sealed record Frame(ChartAxis X, ChartAxis Y, int Height)
    {
        public double At(double x) => Left + Width * Math.Clamp(X.Share(x), 0, 1);
        public double Up(double y) => Top + Height * (1 - Math.Clamp(Y.Share(y), 0, 1));
    }

    private static void Axes(StringBuilder svg, Frame f)
    {
        svg.Append(CultureInfo.InvariantCulture, $"<g stroke=\"#ccc\"><rect x=\"{Left}\" y=\"{Top}\" width=\"{Width}\" height=\"{f.Height}\" fill=\"none\"/>");
        foreach (var v in Ticks(f.X)) svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{f.At(v):0.#} {Top}V{Top + f.Height}\" stroke-opacity=\"0.5\"/>");
        foreach (var v in Ticks(f.Y)) svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{Left} {f.Up(v):0.#}H{Left + Width}\" stroke-opacity=\"0.5\"/>");
        svg.Append("</g><g fill=\"#333\">");
        foreach (var v in Ticks(f.X)) svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{f.At(v):0.#}\" y=\"{Top + f.Height + 16}\" text-anchor=\"middle\">{v.ToString(f.X.Format, CultureInfo.InvariantCulture)}</text>");
        foreach (var v in Ticks(f.Y)) svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 6}\" y=\"{f.Up(v) + 4:0.#}\" text-anchor=\"end\">{v.ToString(f.Y.Format, CultureInfo.InvariantCulture)}</text>");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left + Width / 2}\" y=\"{Top + f.Height + 36}\" text-anchor=\"middle\">{Text(f.X.Name)}</text>");
        svg.Append(CultureInfo.InvariantCulture, $"<text transform=\"translate(16 {Top + f.Height / 2}) rotate(-90)\" text-anchor=\"middle\">{Text(f.Y.Name)}</text></g>");
    }

    private static void Cells(StringBuilder svg, Frame f, ChartCells cells, int above)
    {
        foreach (var (x, y, share) in cells.Places)
        {
            var (left, top) = (f.At(x - cells.Step / 2), f.Up(y + cells.Step / 2));
            svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{left:0.#}\" y=\"{top:0.#}\" width=\"{f.At(x + cells.Step / 2) - left:0.#}\" height=\"{f.Up(y - cells.Step / 2) - top:0.#}\" fill=\"{Shade(share)}\"><title>{x:0.##}, {y:0.##}: {share:0%}</title></rect>");
        }
        for (var i = 0; i <= 4; i++)
        {
            var y = Top + 8 + (above + 1 + i) * Row;
            svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{Left + Width + 9}\" y=\"{y - 7}\" width=\"11\" height=\"14\" fill=\"{Shade(i / 4.0)}\" stroke=\"#ccc\"/><text x=\"{Left + Width + 24}\" y=\"{y + 4}\">{i / 4.0:0%}{(i == 0 ? " " + Text(cells.Name) : "")}</text>");
        }
    }

    private static string Shade(double share) => string.Create(CultureInfo.InvariantCulture, $"hsl(8 75% {98 - 65 * Math.Clamp(share, 0, 1):0.#}%)");

    private static void Series(StringBuilder svg, Frame f, ChartSeries series, int number, string colour)
    {
        svg.Append(CultureInfo.InvariantCulture, $"<g stroke=\"{colour}\" fill=\"{colour}\">");
        if (series.Joined && series.Points.Count > 1)
            svg.Append("<path fill=\"none\" stroke-width=\"1.2\" stroke-opacity=\"0.6\" d=\"M").AppendJoin('L', series.Points.Select(p => FormattableString.Invariant($"{f.At(p.X):0.#} {f.Up(p.Y):0.#}"))).Append("\"/>");
        foreach (var p in series.Points)
        {
            if (p.XInterval is var (left, right)) svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{f.At(left):0.#} {f.Up(p.Y):0.#}H{f.At(right):0.#}\"/>");
            if (p.YInterval is var (low, high)) svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{f.At(p.X):0.#} {f.Up(low):0.#}V{f.Up(high):0.#}\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{f.At(p.X):0.#}\" cy=\"{f.Up(p.Y):0.#}\" r=\"{(p.Strong ? 5 : 2.5)}\"{(p.Strong ? "" : " fill=\"#fff\"")}/>");
        }
        var y = Top + 8 + number * Row;
        svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{Left + Width + 14}\" cy=\"{y}\" r=\"4\"/></g><text x=\"{Left + Width + 24}\" y=\"{y + 4}\">{Text(series.Name)}</text>");
    }

    private static IEnumerable<double> Ticks(ChartAxis axis) => Enumerable.Range(0, axis.Ticks + 1).Select(i => axis.From + (axis.To - axis.From) * i / axis.Ticks);

    /// <summary>Around the circle of hues, every second one darker, so that neighbours differ in more than hue.</summary>
    private static string Colour(int number, int count) => string.Create(CultureInfo.InvariantCulture, $"hsl({360.0 * number / Math.Max(1, count):0} 75% {(number % 2 == 0 ? 42 : 28)}%)");

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
