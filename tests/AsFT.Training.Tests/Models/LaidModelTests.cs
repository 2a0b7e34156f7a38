using AsFT.Experiments.Models;
using AsFT.Training.Lora;
using AsFT.Training.Models;
using AsFT.Training.Safety;
using TorchSharp.Modules;

namespace AsFT.Training.Tests.Models;

/// <summary>
/// A model over two devices. The second one here is libtorch's meta, which has shapes and no numbers: what comes from it shows that values were moved and
/// sums were made where they lie, not what they are.
/// </summary>
[Collection(CommonRandomness.Name)]
public sealed class LaidModelTests
{
    private static string Directory(string name) => Oracle.At("models", name);

    private static Decoder Laid(string name, string first, string second)
    {
        var config = ModelConfig.ReadLanguageModel(Directory(name));
        var half = config.Layers / 2;
        var map = DeviceMap.Of([new(first, (0, half - 1)), new(second, (half, config.Layers - 1))]);
        return Decoder.Load(Directory(name), w => device(map.DeviceOf(w)), ScalarType.Float32);
    }

    /// <summary>Notes what each layer is given and gives its input back: of attention, meta knows too few operations.</summary>
    private sealed class Noting(DecoderConfig config, IReadOnlyDictionary<string, Parameter> weights) : Decoder(config, weights)
    {
        public List<string> Given { get; } = [];
        public override IEnumerable<Projection> Projections => [];

        public static Noting Laid(DeviceMap map, bool tied)
        {
            var config = new DecoderConfig { VocabularySize = 10, HiddenSize = 4, IntermediateSize = 8, Layers = map.Layers.Count, Heads = 2, KeyValueHeads = 1, HeadSize = 2, MaxPositions = 64, TiedHead = tied };
            return new(config, config.Parameters().ToDictionary(p => p.Name, p => nn.Parameter(ones(p.Shape, device: device(map.DeviceOf(p.Name))))));
        }

        protected override Tensor Layer(int index, Tensor x, Pass pass)
        {
            Given.Add(string.Join(' ', new[] { x, pass.Cos, pass.Sin, pass.Visible! }.Select(t => t.device_type)));
            return x * Norm(x, Weights[$"model.layers.{index}.input_layernorm.weight"]); // refuses two devices
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Hidden_LaidOverTwoDevices_GivesEachLayerAllOnItsOwn(bool recompute)
    {
        using var model = Noting.Laid(new(["cpu", "cpu", "meta", "meta"]), tied: false);
        (model.Training, model.Recomputes) = (recompute, recompute);
        var text = ones([2, 5], dtype: ScalarType.Bool);
        var hidden = model.Hidden(zeros([2, 5], dtype: ScalarType.Int64), Attendance.Positions(text), Attendance.Causal(text));
        Assert.Equal(["CPU CPU CPU CPU", "CPU CPU CPU CPU", "META META META META", "META META META META"], model.Given);
        Assert.Equal((DeviceType.META, DeviceType.META), (hidden.device_type, model.Head(hidden).device_type));
        Assert.Equal([2, 5, 10], model.Head(hidden).shape);
    }

    /// <summary>The head is the embedding on the cpu: the states are asked back, which meta, without numbers, cannot give.</summary>
    [Fact]
    public void Hidden_WithATiedHead_ComesBackToTheEmbedding()
    {
        using var model = Noting.Laid(new(["cpu", "meta"]), tied: true);
        var text = ones([1, 3], dtype: ScalarType.Bool);
        Assert.Equal(DeviceType.CPU, model.HeadDevice.type);
        Assert.Contains("out of meta", Assert.ThrowsAny<Exception>(() => model.Hidden(zeros([1, 3], dtype: ScalarType.Int64), visible: Attendance.Causal(text))).Message);
        Assert.Equal(2, model.Given.Count);
    }

    [Fact]
    public void Cache_KeepsKeysAndValuesWhereTheirLayerLies()
    {
        using var model = Noting.Laid(new(["cpu", "meta"]), tied: false);
        using var cache = new KeyValueCache(model, rows: 1, capacity: 8);
        for (var layer = 0; layer < 2; layer++)
        {
            var given = zeros([1, 1, 3, 2], device: model.LayerDevices[layer]);
            var (keys, values) = cache.Append(layer, given, given);
            Assert.Equal((given.device_type, given.device_type), (keys.device_type, values.device_type));
        }
    }

    [Fact]
    public void Penalties_OfModulesOnTwoDevices_AreSummedOnTheFirst()
    {
        using var model = Laid("gemma2", "cpu", "meta");
        var adapted = LoraAdapter.Attach(model, new());
        Assert.All(adapted, m => Assert.Equal(m.Weight.device_type, m.Lora!.B.device_type));
        using var direction = new AlignmentDirection();
        IReadOnlyList<Projection> two = [adapted[^2], adapted[0]]; // from cpu to meta values can go
        var v = rand(two[1].Weight.shape);
        direction.Add(two[1].Name, v);
        using var penalty = new AsftPenalty(direction);
        Assert.Equal(DeviceType.META, penalty.Value(two).device_type);
        Assert.Equal(DeviceType.META, new L2Penalty().Value(two).device_type);
    }

    [Fact]
    public void Attach_OnTwoDevices_DrawsTheSameAsOnOne()
    {
        List<Tensor> Drawn(string second)
        {
            using var model = Laid("gemma2", "cpu", second);
            manual_seed(5);
            return [.. LoraAdapter.Attach(model, new()).Where(m => m.Weight.device_type == DeviceType.CPU).Select(m => m.Lora!.A.detach().clone())];
        }
        foreach (var (one, two) in Drawn("cpu").Zip(Drawn("meta"))) Assert.True(one.equal(two).all().ToBoolean());
    }
}
