using System.Buffers.Binary;
using System.Text;
using AsFT.Experiments.Models;

namespace AsFT.Experiments.Tests.Models;

public sealed class SafetensorsHeaderTests
{
    [Fact]
    public void Read_AWholeFile_GivesItsTensors()
    {
        var header = Read("""{"__metadata__":{"format":"pt"},"b":{"dtype":"BF16","shape":[2],"data_offsets":[16,20]},"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}}""", 20);
        Assert.Equal(["a", "b"], header.Tensors.Select(t => t.Name));
        Assert.Equal([2, 2], header.Tensors[0].Shape);
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "does not take bytes 0 to 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}""", 6, "overlap or leave a hole")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "overlap or leave a hole")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "cut off or was not fully copied")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "negative dimension")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}""", 0, "not as safetensors has it")]
    [InlineData("""{"a":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]}}""", 1, "which is not read here")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "stands twice")]
    [InlineData("""{"a":{"dtype":"F32"}}""", 4, "not as safetensors has it")]
    [InlineData("""[]""", 0, "not as safetensors has it")]
    [InlineData("""{""", 0, "not as safetensors has it")]
    public void Read_ADamagedHeader_IsRefusedWithTheFault(string json, int data, string problem) =>
        Assert.Contains(problem, Assert.Throws<ModelException>(() => Read(json, data)).Message);

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(1000ul)]
    public void Read_ALengthBeyondTheFile_IsRefusedBeforeAnythingIsRead(ulong length) =>
        Assert.Contains("says that its header has", Assert.Throws<ModelException>(() => Read("{}", 0, length)).Message);

    [Fact]
    public void Read_AFileOfSevenBytes_IsRefused() =>
        Assert.Contains("first 8 bytes", Assert.Throws<ModelException>(() => SafetensorsHeader.Read(new MemoryStream(new byte[7]), "f")).Message);

    /// <summary>A good file is damaged 100,000 times: bytes changed, cut, doubled, digits made large. Each time it is read or refused, nothing else.</summary>
    [Fact]
    public void Read_AHundredThousandDamagedHeaders_AreReadOrRefused()
    {
        const string json = """{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},"b":{"dtype":"BF16","shape":[2],"data_offsets":[16,20]}}""";
        var text = Encoding.UTF8.GetBytes(json);
        var random = new Random(1);
        var (read, refused) = (0, 0);
        for (var i = 0; i < 100_000; i++)
        {
            var damaged = text.ToList();
            for (var n = random.Next(1, 5); n > 0; n--)
            {
                var at = random.Next(damaged.Count);
                switch (random.Next(5))
                {
                    case 0: damaged[at] = (byte)random.Next(256); break;
                    case 1: damaged.RemoveRange(at, Math.Min(random.Next(1, 12), damaged.Count - at)); break;
                    case 2: damaged.InsertRange(at, damaged.Skip(at).Take(random.Next(1, 60)).ToList()); break;
                    case 3: damaged.InsertRange(at, Enumerable.Repeat((byte)('0' + random.Next(10)), random.Next(1, 25))); break;
                    default: (damaged[at], damaged[random.Next(damaged.Count)]) = ("{}[]\":,-0eE.ntf"u8[random.Next(15)], damaged[at]); break;
                }
                if (damaged.Count == 0) damaged.Add((byte)'{');
            }
            var file = new byte[8 + damaged.Count + 20];
            BinaryPrimitives.WriteUInt64LittleEndian(file, random.Next(10) == 0 ? (ulong)random.NextInt64() : (ulong)damaged.Count);
            damaged.CopyTo(file, 8);
            try
            {
                SafetensorsHeader.Read(new MemoryStream(file), "f");
                read++;
            }
            catch (ModelException)
            {
                refused++;
            }
        }
        Assert.Equal(100_000, read + refused);
        Assert.True(read > 100 && refused > 50_000, $"{read} read, {refused} refused"); // both happen: the damage is neither harmless nor total
    }

    private static SafetensorsHeader Read(string json, int data, ulong? length = null)
    {
        var text = Encoding.UTF8.GetBytes(json);
        var file = new byte[8 + text.Length + data];
        BinaryPrimitives.WriteUInt64LittleEndian(file, length ?? (ulong)text.Length);
        text.CopyTo(file, 8);
        return SafetensorsHeader.Read(new MemoryStream(file), "model.safetensors");
    }
}
