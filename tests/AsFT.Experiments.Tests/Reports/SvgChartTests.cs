using System.Globalization;
using System.Xml.Linq;
using AsFT.Experiments.Reports;

namespace AsFT.Experiments.Tests.Reports;

public sealed class SvgChartTests
{
    private static readonly ChartAxis Share = new("share", 0, 1, 4);

    /// <summary>The frame is 470 wide from 62 and 330 high from 34: the middle of the axes lies at (297, 199), their end at (532, 34).</summary>
    [Fact]
    public void Draw_OfTwoPoints_PutsThemWhereTheirValuesAre()
    {
        var circles = Marks(SvgChart.Draw("t", Share, Share, [new("one", [new(0.5, 0.5, Strong: true), new(1, 1)])]));
        Assert.Equal([(297.0, 199.0, 5.0), (532.0, 34.0, 2.5)], circles.Take(2));
    }

    [Fact]
    public void Draw_OfAValueBeyondTheAxis_StaysInTheFrame() => Assert.Equal((532.0, 364.0, 2.5), Marks(SvgChart.Draw("t", Share, Share, [new("one", [new(7, -3)])]))[0]);

    [Fact]
    public void Draw_OfAnInterval_EndsWhereItEnds()
    {
        var svg = SvgChart.Draw("t", Share, Share, [new("one", [new(0.5, 0.5, YInterval: (0, 1))])]);
        Assert.Contains("M297 364V34", svg);
    }

    [Fact]
    public void Draw_OfNamesWithSigns_IsWellFormedAndKeepsThem()
    {
        var svg = XDocument.Parse(SvgChart.Draw("a < b & \"c\"", new("x > 1", 0, 1), Share, [new("<script>", [new(0, 0)])]));
        Assert.Equal("a < b & \"c\"", svg.Descendants().First(e => e.Name.LocalName == "title").Value);
        Assert.Contains(svg.Descendants().Where(e => e.Name.LocalName == "text"), e => e.Value == "<script>");
    }

    /// <summary>Places half a unit apart: the one at (0.5, 0.5) covers the middle half of the frame, 235 by 165, the darkest of all.</summary>
    [Fact]
    public void Draw_OfCells_CoversTheirPlaces_AndStaysInTheFrame()
    {
        var svg = XDocument.Parse(SvgChart.Draw("t", Share, Share, [], new("harm", 0.5, [(0.5, 0.5, 1), (0, 0, 0)])));
        var cells = svg.Descendants().Where(e => e.Name.LocalName == "rect" && e.Elements().Any()).ToList();
        double[] Place(XElement e) => [.. new[] { "x", "y", "width", "height" }.Select(a => Number(e, a))];
        Assert.Equal([179.5, 116.5, 235, 165], Place(cells[0]));
        Assert.Equal([62, 281.5, 117.5, 82.5], Place(cells[1]));
        Assert.Equal(["hsl(8 75% 33%)", "hsl(8 75% 98%)"], cells.Select(c => c.Attribute("fill")!.Value));
        Assert.Contains(svg.Descendants().Where(e => e.Name.LocalName == "text"), e => e.Value == "0% harm");
    }

    private static List<(double X, double Y, double R)> Marks(string svg) => [.. XDocument.Parse(svg).Descendants().Where(e => e.Name.LocalName == "circle").Select(c => (Number(c, "cx"), Number(c, "cy"), Number(c, "r")))];

    private static double Number(XElement e, string name) => double.Parse(e.Attribute(name)!.Value, CultureInfo.InvariantCulture);
}
