using System.Globalization;
using AsFT.Experiments.Models;
using AsFT.Experiments.Specification;
using AsFT.Training.Models;
using static TorchSharp.torch;

namespace AsFT.Trainer;

/// <summary>Lays a model on the devices that its run names, or for auto on the GPUs of this machine, as few as hold it.</summary>
internal static class Placement
{
    /// <summary>What of a GPU's memory weights may take; the rest is for what a step computes and keeps.</summary>
    private const double ForWeights = 0.8;

    public static DeviceMap Of(RunSpecification s, DecoderConfig config)
    {
        var gpus = cuda.is_available() ? cuda.device_count() : 0;
        var size = RunEstimate.Size(s.Training.Precision);
        var named = Named(s, gpus);
        if (DeviceSetting.Fault(s.Training.Device, config.Layers) is { } fault) throw Fault(fault);
        if (named.Count == 0) return Automatic(config, size, gpus);
        if (named[0].Layers is not null) return DeviceMap.Of(named);
        return named.Count == 1 ? DeviceMap.Of(named[0].Name, config.Layers) : DeviceMap.Spread(config, size, Rooms(named.Select(d => d.Name))).Map;
    }

    /// <summary>For what is never parted: the one device that is named, or the first GPU, or the processor.</summary>
    public static Device Single(RunSpecification s)
    {
        var gpus = cuda.is_available() ? cuda.device_count() : 0;
        return Named(s, gpus) is [var only, ..] ? device(only.Name) : gpus > 0 ? device("cuda:0") : CPU;
    }

    private static IReadOnlyList<NamedDevice> Named(RunSpecification s, int gpus)
    {
        var named = DeviceSetting.Parse(s.Training.Device);
        return named.FirstOrDefault(d => d.Name != "cpu" && Number(d.Name) >= gpus) is not { } missing ? named
            : throw Fault($"is {s.Training.Device}; this machine has {gpus} GPU{(gpus == 1 ? "" : "s")} that the trainer can use, so there is no {missing.Name}");
    }

    private static DeviceMap Automatic(DecoderConfig config, int size, int gpus)
    {
        if (gpus == 0) return DeviceMap.Of("cpu", config.Layers);
        var rooms = Rooms(Enumerable.Range(0, gpus).Select(i => $"cuda:{i}"));
        if (gpus == 1 || rooms[0].Bytes == 1) return DeviceMap.Of("cuda:0", config.Layers);
        return DeviceMap.OnFewest(config, size, rooms) ?? throw Fault(string.Create(CultureInfo.InvariantCulture,
            $"is auto, and the weights take {config.ParameterCount * size / 1e9:0.0} GB, of which the {gpus} GPUs have room for {rooms.Sum(r => r.Bytes) / 1e9:0.0}; take a 2-byte training.precision or a smaller model, or name the layers of each device and lay some on the cpu"));
    }

    /// <summary>By their memory; all alike where that of any is not known.</summary>
    private static IReadOnlyList<DeviceRoom> Rooms(IEnumerable<string> devices)
    {
        var rooms = devices.Select(d => (d, Bytes: GpuMemory.Total(Number(d)))).ToList();
        return rooms.TrueForAll(r => r.Bytes is not null) ? rooms.ConvertAll(r => new DeviceRoom(r.d, r.Bytes!.Value * ForWeights)) : rooms.ConvertAll(r => new DeviceRoom(r.d, 1));
    }

    private static int Number(string gpu) => int.Parse(gpu["cuda:".Length..], CultureInfo.InvariantCulture);

    private static SpecificationException Fault(string problem) => new([new("training.device", problem)]);
}
