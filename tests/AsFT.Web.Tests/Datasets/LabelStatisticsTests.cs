using System.Net;

namespace AsFT.Web.Tests.Datasets;

public sealed class LabelStatisticsTests
{
    [Fact]
    public async Task Page_OfALabelledDataset_ShowsWhichLabelsGoTogetherAndWhatIsWrongWithThem()
    {
        await using var site = await Site.StartAsync();
        var status = await site.UploadAsync("labels.csv", "text,joy,love,<b>\na,1,1,0\nb,1,0,0\nc,1,0,0\nd,0,0,0\n"u8.ToArray());
        var page = WebUtility.HtmlDecode(await site.Http.GetStringAsync($"/datasets/{status["datasetId"]}"));
        Assert.Contains("1.00 on average: none in 1", page); // 4 labels in 4 rows
        Assert.Contains("love in 1 of 3 rows with joy", page);
        Assert.Contains("33%", page);
        Assert.Contains("joy in 1 of 1 rows with love", page);
        Assert.Contains("The label '<b>' never occurs", page);
    }
}
