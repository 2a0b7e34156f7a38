using System.Globalization;
using System.Text.RegularExpressions;

namespace AsFT.Experiments.Specification;

/// <summary>A device that a run names, with the layers it shall hold where those are named too.</summary>
public sealed record NamedDevice(string Name, (int First, int Last)? Layers);

/// <summary>training.device as text: auto, cpu, cuda:0, several as "cuda:0, cuda:1", or each with its layers as "cuda:0 0-15, cuda:1 16-31".</summary>
public static partial class DeviceSetting
{
    /// <summary>The devices in their order; none for auto.</summary>
    /// <param name="text">the setting, which has no fault</param>
    public static IReadOnlyList<NamedDevice> Parse(string text) => text == "auto" ? [] : [.. text.Split(',').Select(part =>
    {
        var m = Part().Match(part);
        int Number(string group) => int.Parse(m.Groups[group].Value, CultureInfo.InvariantCulture);
        return new NamedDevice(m.Groups["name"].Value, !m.Groups["first"].Success ? null : (Number("first"), Number(m.Groups["last"].Success ? "last" : "first")));
    })];

    /// <summary>What is wrong with the text; null if nothing.</summary>
    public static string? Fault(string text)
    {
        if (text == "auto") return null;
        if (!text.Split(',').All(Part().IsMatch)) return $"is '{text}'; take auto, cpu or cuda:0, cuda:1 …; several as 'cuda:0, cuda:1', or each with its layers as 'cuda:0 0-15, cuda:1 16-31'";
        var devices = Parse(text);
        if (devices.Count == 1 && devices[0].Layers is null) return null;
        if (devices.All(d => d.Layers is null))
            return devices.Any(d => d.Name == "cpu") ? $"is '{text}'; to lay a part of the model on the cpu, name the layers of each device, as 'cuda:0 0-15, cpu 16-31'"
                : devices.GroupBy(d => d.Name).FirstOrDefault(g => g.Count() > 1) is { } twice ? $"names {twice.Key} twice; name each GPU once" : null;
        if (devices.Any(d => d.Layers is null)) return $"is '{text}'; name layers for every device, or for none";
        var next = 0;
        foreach (var (name, layers) in devices)
        {
            if (layers!.Value.First != next) return $"is '{text}'; the layers of {name} begin with {layers.Value.First}, and the next to be laid is {next}: name all, in their order, each once";
            if (layers.Value.Last < next) return $"is '{text}'; the layers of {name} end before they begin";
            next = layers.Value.Last + 1;
        }
        return null;
    }

    /// <summary>What keeps a model of so many layers from being laid so; null if nothing.</summary>
    public static string? Fault(string text, int layers)
    {
        if (Fault(text) is { } fault) return fault;
        var devices = Parse(text);
        if (devices.Count > layers) return $"names {devices.Count} devices, and the model has {layers} layers; name at most {layers}";
        return devices.Count > 0 && devices[^1].Layers is var (_, last) && last != layers - 1 ? $"ends with layer {last}, and the model's last is {layers - 1}; name all of its layers" : null;
    }

    [GeneratedRegex(@"^ *(?<name>cpu|cuda:[0-9]{1,2})(?: +(?<first>[0-9]{1,4})(?:-(?<last>[0-9]{1,4}))?)? *\z", RegexOptions.CultureInvariant)]
    private static partial Regex Part();
}
