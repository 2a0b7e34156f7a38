using System.Text;
using AsFT.Experiments.Datasets;

namespace AsFT.Experiments.Tests.Datasets;

public sealed class LabelledFilesTests : Workplace
{
    private const string Header = "ID\tTweet\tanger\tjoy\n";

    [Theory]
    [InlineData("She said \"no")]
    [InlineData("\"all of it\"")]
    [InlineData("it's , a; comma \\ and a backslash \\t")]
    [InlineData("😂😂 👩‍👩‍👧 #fun @you")]
    [InlineData("العربية हिन्दी 漢字 Ελληνικά")]
    [InlineData("a\u00A0no-break\u2028line\u0085")]
    [InlineData("  spaces at both ends  ")]
    public async Task Import_TabSeparatedText_IsKeptAsItIs(string text)
    {
        var dataset = await ImportAsync("a.txt", $"{Header}1\t{text}\t0\t1\r\n2\tnext\t1\t0\r\n");
        Assert.Equal([text, "next"], dataset.Rows().Select(r => ((LabelledRow)r).Text));
        Assert.Equal(0, dataset.Summary.SetAside);
    }

    [Theory]
    [InlineData("1\ta\tb\t0\t1", "", "has 5 columns, the header has 4; write a tab")]
    [InlineData("1\ta\t2\t1", "anger", "is not 0 or 1; write 1 where")]
    [InlineData("1\ta\tNONE\tNONE", "anger", "is not 0 or 1; write 1 where")]
    [InlineData("1\t\t0\t1", "Tweet", "is empty or missing; write the text")]
    [InlineData("1\t \t0\t1", "Tweet", "is empty or missing; write the text")]
    public async Task Import_BadTabSeparatedRow_SaysWhatToDo(string line, string column, string problem)
    {
        var fault = Assert.Single((await ImportAsync("a.tsv", $"{Header}1\tgood\t0\t1\n{line}\n")).SetAside());
        Assert.Equal((2, column), (fault.Row, fault.Column));
        Assert.Contains(problem, fault.Problem);
    }

    [Theory]
    [InlineData("""{"text":"b","labels":["joy",7]}""", "not a label's name")]
    [InlineData("""{"text":"b","labels":["joy",""]}""", "empty or longer than 100")]
    [InlineData("""{"text":"b","labels":["jo\ny"]}""", "a control character, such as a line break, in its name; write the name without it")]
    [InlineData("""{"text":"b","labels":{"joy":1}}""", "expected a list of label names")]
    [InlineData("""{"text":"b"}""", "write [] where no label holds")]
    public async Task Import_BadLabelList_SaysWhatToDo(string line, string problem)
    {
        var fault = Assert.Single((await ImportAsync("a.jsonl", "{\"text\":\"a\",\"labels\":[\"joy\"]}\n" + line)).SetAside());
        Assert.Equal((2, "labels"), (fault.Row, fault.Column));
        Assert.Contains(problem, fault.Problem);
    }

    [Fact]
    public async Task Import_OfBadRowsAlone_SaysWhatStandsWhere()
    {
        var refused = await Assert.ThrowsAsync<DatasetException>(() => ImportAsync("a.csv", "text,joy,lang\nhello,1,en\n"));
        Assert.Equal("The file holds no row that can be used. The first is row 1, column 'lang', 'en': is not 0 or 1; write 1 where the label holds and 0 where it does not", refused.Message);
    }

    [Fact]
    public async Task Import_ALabelWithoutAName_IsNotPassedOver()
    {
        var refused = await Assert.ThrowsAsync<DatasetException>(() => ImportAsync("a.jsonl", """{"text":"a","":1,"joy":0}"""));
        Assert.Contains("has a name of 0 characters", refused.Message);
    }

    [Fact]
    public async Task SetAsideWords_OfAFileWithABadRow_NameIt()
    {
        Assert.Equal("a.csv: 1 of 2 rows were set aside and are not used; the first is row 2, column 'joy', '2': is not 0 or 1; write 1 where the label holds and 0 where it does not", (await ImportAsync("a.csv", "text,joy,fear\na,1,0\nb,2,0\n")).SetAsideWords());
        Assert.Null((await ImportAsync("b.csv", "text,joy,fear\na,1,0\n")).SetAsideWords());
    }

    [Fact]
    public async Task Import_AColumnOnlyInALaterRow_IsNotPassedOver()
    {
        var dataset = await ImportAsync("a.jsonl", "{\"text\":\"a\",\"joy\":1,\"fear\":0}\n{\"text\":\"b\",\"joy\":1,\"fear\":0,\"anger\":1}\n");
        Assert.Equal((2, "anger", "1"), dataset.SetAside().Select(f => (f.Row, f.Column, f.Value)).Single());
    }

    [Theory]
    [InlineData("text,joy,joy\na,1,0\n", "'joy' stands twice")]
    [InlineData("text,joy,Joy \na,1,0\n", "'joy' and 'Joy ' differ in white space or capitals only")]
    [InlineData("text,\"jo\ny\",fear\na,1,0\n", "'jo\uFFFDy' has a control character")]
    [InlineData("text,joy,\na,1,0\n", "Column 3 has no name")]
    public async Task Import_LabelColumnsThatCannotBeToldApart_AreRefused(string content, string problem) =>
        Assert.Contains(problem, (await Assert.ThrowsAsync<DatasetException>(() => ImportAsync("a.csv", content))).Message);

    [Theory]
    [InlineData(100, true)]
    [InlineData(101, false)]
    [InlineData(200, false)]
    public async Task Import_LengthOfALabelsName_Has100AsItsLimit(int length, bool read)
    {
        var name = new string('x', length);
        var list = await ImportAsync("a.jsonl", $"{{\"text\":\"a\",\"labels\":[\"joy\"]}}\n{{\"text\":\"b\",\"labels\":[\"{name}\"]}}\n");
        Assert.Equal(read ? 2 : 1, list.Summary.Rows);
        if (read) Assert.Equal(1, (await ImportAsync("a.csv", $"text,{name},joy\na,1,0\n")).Summary.Rows);
        else Assert.Contains($"a name of {length} characters", (await Assert.ThrowsAsync<DatasetException>(() => ImportAsync("a.csv", $"text,{name},joy\na,1,0\n"))).Message);
    }

    [Theory]
    [InlineData("a.tsv")]
    [InlineData("a.csv")]
    [InlineData("a.jsonl")]
    public async Task Import_ATextOf100000Characters_IsKeptWhole(string name)
    {
        var text = string.Concat(Enumerable.Repeat("ten chars ", 9_999)) + "end of it.";
        var dataset = await ImportAsync(name, name switch
        {
            "a.tsv" => $"{Header}1\t{text}\t0\t1\n",
            "a.csv" => $"text,anger,joy\n{text},0,1\n",
            _ => $"{{\"text\":\"{text}\",\"labels\":[\"joy\",\"joy\"]}}",
        });
        var row = Assert.IsType<LabelledRow>(dataset.Rows().Single());
        Assert.Equal(text, row.Text);
        Assert.Equal(["joy"], row.Labels);
    }

    [Theory]
    [InlineData("text,joy\na,1\nb,0\n", "only one label, 'joy'")]
    [InlineData("text,joy,fear\na,1,0\nb,0,0\n", "The label 'fear' never occurs")]
    [InlineData("text,joy,fear\na,1,1\nb,1,0\n", "The label 'joy' holds for every row")]
    [InlineData("text,labels\na,joy\nb,Joy\n", "'joy' and 'Joy' differ in capitals only")]
    [InlineData("text,labels\na,\nb,\n", "have no label")]
    public async Task Warnings_LabelsThatTeachNothing_AreNamed(string content, string warning) =>
        Assert.Contains(warning, Assert.Single((await ImportAsync("a.csv", content)).Summary.Warnings));

    [Fact]
    public async Task Warnings_OfLabelsThatCanBeLearnt_AreNone() => Assert.Empty((await ImportAsync("a.csv", "text,joy,fear\na,1,0\nb,0,1\nc,0,0\n")).Summary.Warnings);

    /// <summary>The rows of the task's description (Mohammad et al. 2018), of which 204 in training have no label.</summary>
    [Theory]
    [InlineData("train", 6838, 204)]
    [InlineData("dev", 886, null)]
    [InlineData("test-gold", 3259, null)]
    public async Task Import_SemEval_EveryRowIsRead(string part, long rows, int? without)
    {
        var file = Shared("data", "semeval", $"2018-E-c-En-{part}.txt");
        Assert.SkipWhen(file is null, "did not run: SemEval-2018 E-c is not in the shared folder");
        var dataset = await DatasetFolder.ImportAsync(At(""), file, Path.GetFileName(file));
        Assert.Equal((rows, 0), (dataset.Summary.Rows, dataset.Summary.SetAside));
        Assert.Equal("anger anticipation disgust fear joy love optimism pessimism sadness surprise trust", string.Join(' ', dataset.Summary.Labels.Select(l => l.Label)));
        Assert.Empty(dataset.Summary.Warnings);
        var lines = File.ReadAllText(file).Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n')[1..];
        Assert.Equal(lines.Where(l => l.Length > 0).Select(l => l.Split('\t')[1]), dataset.Rows().Select(r => ((LabelledRow)r).Text));
        if (without is not null) Assert.Equal(without, dataset.Rows().Count(r => ((LabelledRow)r).Labels.Count == 0));
    }

    [Fact]
    public void At_AValueCutWithinAnEmoji_StaysWholeCharacters() => Assert.Equal(new string('x', 199) + "…", RowFault.At(1, "", new string('x', 199) + "😂", "").Value);

    private Task<DatasetFolder> ImportAsync(string name, string content)
    {
        File.WriteAllText(At(name), content, new UTF8Encoding(false));
        return DatasetFolder.ImportAsync(Directory.CreateDirectory(At("stored")).FullName, At(name), name);
    }
}
