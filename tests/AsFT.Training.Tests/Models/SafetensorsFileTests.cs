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

    /// <summary>More than is written and read at a time (32 MiB), and not a multiple of it.</summary>
    [Fact]
    public void Write_OfALargeTensor_GoesPieceByPiece()
    {
        using var values = arange(3000 * 3001, dtype: ScalarType.Float32).view(3001, 3000);
        using var turned = values.t(); // its rows lie apart in memory
        SafetensorsFile.Write(path, new Dictionary<string, Tensor> { ["x"] = turned, ["y"] = values[..2, ..2] });
        var read = SafetensorsFile.Read(path);
        Assert.Equal([3000, 3001], read["x"].shape);
        Assert.True(read["x"].Equals(turned));
        Assert.Equal([0f, 1, 3000, 3001], read["y"].data<float>());
    }

    /// <summary>1.5, −2 and 2⁻¹⁴ are the same number in all formats.</summary>
    [Theory]
    [InlineData(ScalarType.Float32, ScalarType.Float64)]
    [InlineData(ScalarType.Float16, ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16, ScalarType.Float32)]
    [InlineData(ScalarType.Float32, ScalarType.BFloat16)]
    public void Read_WithAnotherType_Converts(ScalarType from, ScalarType to)
    {
        double[] numbers = [1.5, -2, Math.Pow(2, -14)];
        SafetensorsFile.Write(path, new Dictionary<string, Tensor> { ["x"] = tensor(numbers).to(from) });
        var read = SafetensorsFile.Read(path, type: to)["x"];
        Assert.Equal(to, read.dtype);
        Assert.Equal(numbers, read.to(ScalarType.Float64).data<double>().ToArray());
    }
}
