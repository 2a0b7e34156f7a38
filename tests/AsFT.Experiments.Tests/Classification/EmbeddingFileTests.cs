using AsFT.Experiments.Classification;

namespace AsFT.Experiments.Tests.Classification;

public sealed class EmbeddingFileTests : Workplace
{
    [Theory]
    [InlineData("")]
    [InlineData("{\"labels\": [\"joy\"")]
    [InlineData("{}")]
    [InlineData("[]")]
    public void Read_WhatIsHalfWritten_CountsAsAbsent(string content)
    {
        Assert.Null(EmbeddingFile.Read(At("embeddings.json")));
        File.WriteAllText(At("embeddings.json"), content);
        Assert.Null(EmbeddingFile.Read(At("embeddings.json")));
    }

    [Fact]
    public void Read_AMapWithoutItsBeginning_HasTheEnd()
    {
        File.WriteAllText(At("embeddings.json"), "{\"labels\": [\"joy\"], \"texts\": [], \"after\": {\"points\": [], \"explained\": [], \"distances\": {}}}");
        var read = EmbeddingFile.Read(At("embeddings.json"))!;
        Assert.Null(read.Before);
        Assert.NotNull(read.After);
    }
}
