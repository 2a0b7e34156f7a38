using AsFT.Training.Models;

namespace AsFT.Training.Tests.Models;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly string path = Path.Combine(Path.GetTempPath(), $"asft-{Guid.NewGuid():N}.safetensors");

    public void Dispose() => File.Delete(path);

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Int64)]
    public void Write_ThenRead_GivesTheSameBits(ScalarType type)
    {
        using var values = (randn(3, 5) * 100).to(type);
        SafetensorsFile.Write(path, new Dictionary<string, Tensor> { ["b"] = values, ["a"] = values[0], ["empty"] = empty(0, 2, dtype: type) });
        var read = SafetensorsFile.Read(path);
        Assert.Equal(values.bytes.ToArray(), read["b"].bytes.ToArray());
        Assert.Equal(values[0].contiguous().bytes.ToArray(), read["a"].bytes.ToArray());
        Assert.Equal([0, 2], read["empty"].shape);
    }

    [Fact]
    public void Read_WithAnotherType_Converts()
    {
        SafetensorsFile.Write(path, new Dictionary<string, Tensor> { ["x"] = tensor(new[] { 1.5f, -2f }) });
        Assert.Equal([1.5, -2], SafetensorsFile.Read(path, type: ScalarType.Float64)["x"].data<double>().ToArray());
    }
}
