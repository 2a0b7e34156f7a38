using AsFT.Experiments.Models;
using AsFT.Experiments.Specification;

namespace AsFT.Experiments.Tests.Models;

public sealed class DeviceMapTests
{
    /// <summary>Numbers of a layer: two norms of 4, q and o 16 each, k and v 8 each, three of 4 × 8: 152. Embedding 10 × 4, an own head as much, the last norm 4.</summary>
    private static DecoderConfig Config(int layers, bool tied = true, int vocabulary = 10) => new()
    {
        VocabularySize = vocabulary, HiddenSize = 4, IntermediateSize = 8, Layers = layers, Heads = 2, KeyValueHeads = 1, HeadSize = 2, MaxPositions = 64, TiedHead = tied,
    };

    private static string Shown(DeviceMap map) => string.Join(' ', map.Layers);

    [Fact]
    public void DeviceOf_EachWeight_IsThatOfItsLayer_OrOfTheNearestEnd()
    {
        var map = DeviceMap.Of(DeviceSetting.Parse("cuda:0 0-1, cuda:1 2"));
        var places = Config(3, tied: false).Parameters().ToDictionary(p => p.Name, p => map.DeviceOf(p.Name));
        Assert.Equal("cuda:0", places["model.embed_tokens.weight"]);
        Assert.Equal("cuda:0", places["model.layers.1.mlp.down_proj.weight"]);
        Assert.Equal("cuda:1", places["model.layers.2.input_layernorm.weight"]);
        Assert.Equal("cuda:1", places["model.norm.weight"]);
        Assert.Equal("cuda:1", places["lm_head.weight"]);
    }

    /// <summary>8 layers of 608 bytes. The embedding of 160 and the last norm of 16 move no bound; one of 16,000 is worth more than all layers, and leaves its device one of them.</summary>
    [Theory]
    [InlineData(10, true, "a a a a b b b b")]
    [InlineData(1000, true, "a b b b b b b b")]
    [InlineData(1000, false, "a a a a b b b b")] // 16,000 at either end
    public void Spread_OverTwoAlike_HalvesTheBytes(int vocabulary, bool tied, string expected) =>
        Assert.Equal(expected, Shown(DeviceMap.Spread(Config(8, tied, vocabulary), 4, [new("a", 1), new("b", 1)]).Map));

    /// <summary>9 layers in rooms of 1 : 2 are 3 and 6: 160 + 3 · 608 = 1984 of 1000 are 1.984, and 6 · 608 + 16 = 3664 of 2000 are 1.832.</summary>
    [Fact]
    public void Spread_OverRoomsOfTwoSizes_FillsThemAlike()
    {
        var (map, fullest) = DeviceMap.Spread(Config(9), 4, [new("a", 1000), new("b", 2000)]);
        Assert.Equal("a a a b b b b b b", Shown(map));
        Assert.Equal(1.984, fullest, 1e-12);
    }

    [Fact]
    public void Spread_OverAsManyDevicesAsLayers_GivesEachOne() =>
        Assert.Equal("a b c", Shown(DeviceMap.Spread(Config(3), 2, [new("a", 1), new("b", 1e9), new("c", 1)]).Map));

    /// <summary>Every way to cut the layers, tried one by one: none has a device that is less full than the fullest of the one that was found.</summary>
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 2, 3)]
    [InlineData(5, 1, 2)]
    [InlineData(1, 10, 1)]
    public void Spread_OverThree_IsTheLeastFullOfAllWays(double a, double b, double c)
    {
        var config = Config(7, tied: false, vocabulary: 60); // ends of 960 and 976 bytes, layers of 608
        double[] rooms = [a, b, c];
        double Fullest(int one, int two) => new[] { 960 + one * 608, (two - one) * 608, (7 - two) * 608 + 976 }.Zip(rooms, (bytes, room) => bytes / room).Max();
        var least = Enumerable.Range(1, 5).SelectMany(one => Enumerable.Range(one + 1, 6 - one).Select(two => Fullest(one, two))).Min();
        var (map, fullest) = DeviceMap.Spread(config, 4, [new("a", a), new("b", b), new("c", c)]);
        Assert.Equal(least, fullest, 1e-9);
        Assert.Equal(least, Fullest(map.Layers.Count(l => l == "a"), map.Layers.Count(l => l != "c")), 1e-9);
    }

    /// <summary>4 layers of 608, 160 before and 16 behind: 2608 in all.</summary>
    [Theory]
    [InlineData(2608, "a a a a")]
    [InlineData(2607, "a a b b")]
    [InlineData(1376, "a a b b")] // 160 + 2 · 608
    [InlineData(1375, "a b b c")] // no room for two on the first
    [InlineData(767, null)] // nor for one, with the embedding
    public void OnFewest_TakesAsManyDevicesAsTheWeightsNeed(double room, string? expected)
    {
        var map = DeviceMap.OnFewest(Config(4), 4, [new("a", room), new("b", room), new("c", room), new("d", room)]);
        Assert.Equal(expected, map is null ? null : Shown(map));
    }

    [Fact]
    public void OnFewest_InTwoBytes_NeedsHalf() => Assert.Equal("a a a a", Shown(DeviceMap.OnFewest(Config(4), 2, [new("a", 1304), new("b", 1304)])!));

    [Theory]
    [InlineData("cuda:0 0-1, cuda:1 2-3", "cuda:0 cuda:0 cuda:1 cuda:1")]
    [InlineData("cuda:1 0,cpu 1-3", "cuda:1 cpu cpu cpu")]
    public void Setting_ByHand_IsTheMap(string text, string expected)
    {
        Assert.Null(DeviceSetting.Fault(text, layers: 4));
        Assert.Equal(expected, Shown(DeviceMap.Of(DeviceSetting.Parse(text))));
    }

    [Theory]
    [InlineData("auto")]
    [InlineData("cpu")]
    [InlineData("cuda:3")]
    [InlineData("cuda:0, cuda:1")]
    public void Setting_WithoutLayers_HasNoFault(string text) => Assert.Null(DeviceSetting.Fault(text, layers: 4));

    [Theory]
    [InlineData("gpu", "take auto, cpu or cuda:0")]
    [InlineData("auto, cuda:0", "take auto, cpu or cuda:0")]
    [InlineData("cuda:0,", "take auto, cpu or cuda:0")]
    [InlineData("cuda:0 0-", "take auto, cpu or cuda:0")]
    [InlineData("cuda:0\n", "take auto, cpu or cuda:0")]
    [InlineData("cuda:0, cuda:0", "names cuda:0 twice")]
    [InlineData("cuda:0, cpu", "name the layers of each device")]
    [InlineData("cuda:0 0-1, cuda:1", "name layers for every device, or for none")]
    [InlineData("cuda:0 1-3", "the next to be laid is 0")]
    [InlineData("cuda:0 0-1, cuda:1 3", "the layers of cuda:1 begin with 3, and the next to be laid is 2")]
    [InlineData("cuda:0 0-1, cuda:1 1-3", "the next to be laid is 2")]
    [InlineData("cuda:0 0-1, cuda:1 2-1", "end before they begin")]
    [InlineData("cuda:0 0-1, cuda:1 2-5", "ends with layer 5, and the model's last is 3")]
    [InlineData("cuda:0 0-1, cuda:1 2", "ends with layer 2, and the model's last is 3")]
    [InlineData("cuda:0, cuda:1, cuda:2, cuda:3, cuda:4", "name at most 4")]
    public void Setting_WithAFault_SaysWhatToWrite(string text, string expected) => Assert.Contains(expected, DeviceSetting.Fault(text, layers: 4));
}
