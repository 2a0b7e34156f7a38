using System.Diagnostics;
using System.Text;
using AsFT.Experiments.Datasets;
using Parquet.Serialization;

namespace AsFT.Experiments.Tests.Datasets;

public sealed class DatasetFolderTests : Workplace
{
    private sealed class Flat
    {
        public string? instruction { get; set; }
        public string? output { get; set; }
    }

    private sealed class Binary
    {
        public string? instruction { get; set; }
        public byte[]? output { get; set; }
    }

    private sealed class Nested
    {
        public string? instruction { get; set; }
        public List<string>? output { get; set; }
    }

    [Theory]
    [InlineData("a.json", "[{\"instruction\":\"x\",\"output\":\"y\"},{\"instruction\":\"z, w\",\"output\":\"v\"}]")]
    [InlineData("a.jsonl", "{\"instruction\":\"x\",\"output\":\"y\"}\n{\"instruction\":\"z, w\",\"output\":\"v\"}\n")]
    [InlineData("a.csv", "instruction,output\nx,y\n\"z, w\",v\n")]
    [InlineData("a.tsv", "instruction\toutput\nx\ty\nz, w\tv\n")]
    public async Task Import_SameRowsInEachFormat_WithAndWithoutMark(string name, string content)
    {
        InstructionRow[] expected = [new("x", null, "y"), new("z, w", null, "v")];
        Assert.Equal(expected, (await ImportAsync(name, content)).Rows());
        Assert.Equal(expected, (await ImportAsync("marked-" + name, "\uFEFF" + content)).Rows());
        Assert.Equal(expected, (await ImportAsync("lines-" + name, content.Replace("\n", "\r\n"))).Rows());
    }

    [Fact]
    public async Task Import_Parquet_ReadsFlatColumnsAndRefusesNestedOnes()
    {
        await ParquetSerializer.SerializeAsync([new Flat { instruction = "x", output = "y" }], At("flat.parquet"));
        Assert.Equal([new InstructionRow("x", null, "y")], (await FileAsync("flat.parquet")).Rows());
        await ParquetSerializer.SerializeAsync([new Nested { instruction = "x", output = ["y"] }], At("nested.parquet"));
        Assert.Contains("'output' is nested", (await Assert.ThrowsAsync<DatasetException>(() => FileAsync("nested.parquet"))).Message);
        await ParquetSerializer.SerializeAsync([new Binary { instruction = "x", output = [1, 2] }], At("binary.parquet"));
        Assert.Contains("'output' holds bytes", (await Assert.ThrowsAsync<DatasetException>(() => FileAsync("binary.parquet"))).Message);
        await ParquetSerializer.SerializeAsync(Enumerable.Range(0, 2000).Select(i => new Flat { instruction = $"x {i}", output = $"y {i * 7919 % 1000}" }), At("many.parquet"));
        var damaged = await File.ReadAllBytesAsync(At("many.parquet"));
        for (var i = 4; i < damaged.Length / 2; i++) damaged[i] ^= 0xff; // the pages, not the footer
        await File.WriteAllBytesAsync(At("damaged.parquet"), damaged);
        Assert.DoesNotContain(At(""), (await Assert.ThrowsAsync<DatasetException>(() => FileAsync("damaged.parquet"))).Message);
        await File.WriteAllBytesAsync(At("cut.parquet"), (await File.ReadAllBytesAsync(At("flat.parquet")))[..^20]);
        Assert.Contains("damaged or cut off", (await Assert.ThrowsAsync<DatasetException>(() => FileAsync("cut.parquet"))).Message);
    }

    [Theory]
    [InlineData("{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"},{\"role\":\"assistant\",\"content\":\"ho\"}]}")]
    [InlineData("{\"conversations\":[{\"from\":\"human\",\"value\":\"hi\"},{\"from\":\"gpt\",\"value\":\"ho\"}]}")]
    public async Task Import_MessagesAndShareGpt_AreTheSameConversation(string line)
    {
        var row = Assert.IsType<ChatRow>((await ImportAsync("chat.jsonl", line)).Rows().Single());
        Assert.Equal([new ChatMessage("user", "hi"), new ChatMessage("assistant", "ho")], row.Messages);
    }

    [Fact]
    public async Task Import_LabelColumnsOrAList_AreTheSameLabels()
    {
        var columns = await ImportAsync("c.csv", "ID,Tweet,anger,joy\n1,a,0,1\n2,b,1,1\n3,c,0,0\n");
        var list = await ImportAsync("l.jsonl", """
            {"text":"a","labels":["joy"]}
            {"text":"b","labels":["anger","joy"]}
            {"text":"c","labels":[]}
            """);
        string[][] expected = [["joy"], ["anger", "joy"], []];
        foreach (var dataset in new[] { columns, list }) Assert.Equal(expected, dataset.Rows().Select(r => ((LabelledRow)r).Labels.ToArray()));
        Assert.Equal([new LabelCount("anger", 1), new LabelCount("joy", 2)], columns.Summary.Labels);
        Assert.Equal([new LabelCount("joy", 2), new LabelCount("anger", 1)], list.Summary.Labels); // by first appearance
    }

    [Fact]
    public async Task Import_JsonCutOffInRow731_Keeps730AndNamesTheRow()
    {
        var whole = "[" + string.Join(",\n", Enumerable.Range(1, 1000).Select(i => $"{{\"instruction\":\"say {i}\",\"output\":\"{i}\"}}")) + "]";
        var dataset = await ImportAsync("cut.json", whole[..(whole.IndexOf("say 731", StringComparison.Ordinal) + 3)]);
        Assert.Equal(730, dataset.Summary.Rows);
        var fault = Assert.Single(dataset.SetAside());
        Assert.Equal(731, fault.Row);
        Assert.Contains("broken or cut off", fault.Problem);
    }

    [Theory]
    [InlineData("text,joy\na,1\nb,nan\n", 2, "joy", "nan")]
    [InlineData("text,joy\na,1\nb,\n", 2, "joy", "")]
    [InlineData("text,joy\na,1\nb,1,1\n", 2, "", "b,1,1")]
    [InlineData("text,joy\na,1\n,0\n", 2, "text", "")]
    public async Task Import_BadCell_IsSetAsideWithRowColumnAndValue(string csv, long row, string column, string value)
    {
        var dataset = await ImportAsync("bad.csv", csv);
        Assert.Equal(1, dataset.Summary.Rows);
        var fault = Assert.Single(dataset.SetAside());
        Assert.Equal((row, column, value), (fault.Row, fault.Column, fault.Value));
    }

    [Fact]
    public async Task Import_MixedSchemas_SetTheOthersAside()
    {
        var dataset = await ImportAsync("mixed.jsonl", """
            {"instruction":"a","output":"b"}
            {"messages":[{"role":"user","content":"hi"}]}
            {"instruction":"a","output":"b","input":"c"}
            "text"
            {"instruction":"a","instruction":"b","output":"c"}
            """);
        Assert.Equal(1, dataset.Summary.Rows);
        Assert.Equal([2, 3, 4, 5], dataset.SetAside().Select(f => f.Row));
    }

    [Theory]
    [InlineData("", "a.jsonl", "empty")]
    [InlineData(" \n ", "a.jsonl", "white space")]
    [InlineData("x", "a.png", "'.png' are not read")]
    [InlineData("PK\u0003\u0004", "a.jsonl", "compressed")]
    [InlineData("{\"colour\":\"red\"}", "a.jsonl", "belong to no known kind")]
    [InlineData("text,text\na,b", "a.csv", "stands twice in the header")]
    [InlineData("text,\na,b", "a.csv", "Column 2 has no name")]
    [InlineData("no tab here", "a.txt", "holds no tab")]
    public async Task Import_WhatIsNoDataset_IsRefusedWithWhatToDo(string content, string name, string expected) =>
        Assert.Contains(expected, (await Assert.ThrowsAsync<DatasetException>(() => ImportAsync(name, content))).Message);

    [Fact]
    public async Task Import_OtherEncodings_NameTheByte()
    {
        await File.WriteAllBytesAsync(At("latin.jsonl"), Encoding.Latin1.GetBytes("{\"instruction\":\"caf\u00e9\",\"output\":\"x\"}"));
        Assert.Contains("0xE9", (await Assert.ThrowsAsync<DatasetException>(() => FileAsync("latin.jsonl"))).Message);
        await File.WriteAllTextAsync(At("wide.jsonl"), "{\"instruction\":\"a\",\"output\":\"b\"}", Encoding.Unicode);
        Assert.Contains("UTF-16", (await Assert.ThrowsAsync<DatasetException>(() => FileAsync("wide.jsonl"))).Message);
    }

    [Fact]
    public async Task Import_ALineOf200Megabytes_IsSetAsideInBoundedMemory()
    {
        await using (var file = new StreamWriter(At("long.jsonl")))
        {
            await file.WriteLineAsync("{\"instruction\":\"a\",\"output\":\"b\"}");
            await file.WriteAsync("{\"instruction\":\"");
            var block = new string('x', 1 << 20);
            for (var i = 0; i < 200; i++) await file.WriteAsync(block);
            await file.WriteLineAsync("\",\"output\":\"b\"}");
            await file.WriteLineAsync("{\"instruction\":\"c\",\"output\":\"d\"}");
        }
        var before = Process.GetCurrentProcess().PeakWorkingSet64;
        var dataset = await FileAsync("long.jsonl");
        Assert.Equal((2, 1), (dataset.Summary.Rows, dataset.Summary.SetAside));
        Assert.Equal(2, dataset.SetAside().Single().Row);
        Assert.InRange(Process.GetCurrentProcess().PeakWorkingSet64 - before, 0, 150_000_000);
    }

    [Fact]
    public async Task Import_TheSameBytes_AreStoredOnce_AndAFailureLeavesNothing()
    {
        await ImportAsync("a.jsonl", "{\"instruction\":\"a\",\"output\":\"b\"}");
        await ImportAsync("b.jsonl", "{\"instruction\":\"a\",\"output\":\"b\"}");
        await Assert.ThrowsAsync<DatasetException>(() => ImportAsync("c.jsonl", "{\"colour\":1}"));
        Assert.Matches("^[0-9a-f]{64}$", Path.GetFileName(Assert.Single(Directory.EnumerateDirectories(At("stored")))));
    }

    [Fact]
    public async Task Page_FromTheMiddle_GivesThoseRows()
    {
        var dataset = await ImportAsync("many.jsonl", string.Concat(Enumerable.Range(0, 100).Select(i => $"{{\"instruction\":\"é{i}\",\"output\":\"x\"}}\n")));
        Assert.Equal(["é40", "é41"], dataset.Page(40, 2).Select(r => ((InstructionRow)r).Instruction));
        Assert.Single(dataset.Page(99, 50));
        Assert.Empty(dataset.Page(100, 50));
        Assert.Empty(dataset.Page(-1, 50));
    }

    [Theory]
    [InlineData("../../etc")]
    [InlineData("ABCDEF")]
    [InlineData("")]
    public void At_WhatIsNoHash_Throws(string hash) => Assert.Throws<ArgumentException>(() => DatasetFolder.At("/", hash));

    private Task<DatasetFolder> ImportAsync(string name, string content)
    {
        File.WriteAllText(At(name), content, new UTF8Encoding(false));
        return FileAsync(name);
    }

    private Task<DatasetFolder> FileAsync(string name) => DatasetFolder.ImportAsync(Directory.CreateDirectory(At("stored")).FullName, At(name), name);
}
