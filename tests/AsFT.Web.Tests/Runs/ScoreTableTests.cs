using AsFT.Web.Runs.Classification;

namespace AsFT.Web.Tests.Runs;

public sealed class ScoreTableTests
{
    [Fact]
    public void Of_LabelsWithCommasQuotesAndLineBreaks_KeepsTheirCellsWhole()
    {
        var table = ScoreTable.Of(["label,precision,recall,f1,support,threshold", "\"so, \"\"so\"\"\",1,0.5,0.67,4,0.5", "\"two", "lines\",0,0,0,1,0.5", "macro F1,,,0.33,,"]);
        Assert.Equal(["so, \"so\"|1|0.5|0.67|4|0.5", "two\nlines|0|0|0|1|0.5", "macro F1|||0.33||"], table.Rows.Select(r => string.Join('|', r)));
        Assert.StartsWith("label,precision", table.Csv);
    }
}
