using AsFT.Experiments.Models;
using AsFT.Experiments.Specification;
using AsFT.Training.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AsFT.Training.Lora;

/// <summary>All low-rank updates of a model, by the names of their modules.</summary>
public static class LoraAdapter
{
    /// <summary>Attaches fresh updates to every module that is a target.</summary>
    /// <param name="spared">modules that are left as they are although they are named</param>
    /// <exception cref="SpecificationException">a target names no module of the model</exception>
    public static IReadOnlyList<Projection> Attach(Decoder model, LoraOptions options, Func<string, bool>? spared = null) => Attach([.. model.Projections], options, spared);

    /// <inheritdoc cref="Attach(Decoder, LoraOptions, Func{string, bool}?)"/>
    public static IReadOnlyList<Projection> Attach(IReadOnlyList<Projection> modules, LoraOptions options, Func<string, bool>? spared = null)
    {
        var names = modules.Select(p => p.Name).ToList();
        var unknown = options.Targets.Where(t => !names.Any(n => LoraTargets.Matches(options with { Targets = [t], Layers = [] }, n))).ToList();
        if (unknown.Count > 0)
            throw new SpecificationException([new("lora.targets", $"'{string.Join("', '", unknown)}' is no layer of this model; it has {string.Join(", ", names.Select(n => n[(n.LastIndexOf('.') + 1)..]).Distinct())}")]);
        var adapted = modules.Where(p => LoraTargets.Matches(options, p.Name) && spared?.Invoke(p.Name) != true).ToList();
        if (adapted.Count == 0) throw new SpecificationException([new("lora.layers", "leave nothing to adapt; name layers that the model has")]);
        foreach (var module in adapted)
            module.Lora = LoraUpdate.Create(module.Weight.shape[1], module.Weight.shape[0], options, module.Weight.device);
        return adapted;
    }

    public static IEnumerable<Parameter> Parameters(IEnumerable<Projection> adapted) => adapted.SelectMany(m => (Parameter[])[m.Lora!.A, m.Lora.B]);

    /// <summary>The trained weights as PEFT names them.</summary>
    public static Dictionary<string, Parameter> Named(IEnumerable<Projection> adapted) => adapted
        .SelectMany(m => new[] { (Key(m, "lora_A"), m.Lora!.A), (Key(m, "lora_B"), m.Lora.B) })
        .ToDictionary(t => t.Item1, t => t.Item2);

    /// <summary>Copies tensors in PEFT's names into attached updates.</summary>
    /// <exception cref="ModelException">a tensor is missing, of another shape, or belongs to no update</exception>
    public static void FromPeft(IEnumerable<Projection> adapted, IReadOnlyDictionary<string, Tensor> tensors)
    {
        using var frozen = no_grad();
        var modules = adapted.ToList();
        if (tensors.Keys.Except(modules.SelectMany(m => new[] { Key(m, "lora_A"), Key(m, "lora_B") })).Order(StringComparer.Ordinal).FirstOrDefault() is { } strange)
            throw new ModelException($"the adapter holds '{strange}', which belongs to no adapted layer of this model");
        foreach (var module in modules)
        {
            Copy(tensors, Key(module, "lora_A"), module.Lora!.A);
            Copy(tensors, Key(module, "lora_B"), module.Lora.B);
        }
    }

    private static void Copy(IReadOnlyDictionary<string, Tensor> from, string key, Parameter to)
    {
        if (!from.TryGetValue(key, out var tensor)) throw new ModelException($"the adapter holds no tensor '{key}'");
        if (!tensor.shape.SequenceEqual(to.shape)) throw new ModelException($"the adapter's tensor '{key}' has the shape [{string.Join(", ", tensor.shape)}], expected [{string.Join(", ", to.shape)}]");
        to.copy_(tensor);
    }

    private static string Key(Projection module, string part) => $"base_model.model.{module.Name}.{part}.weight";
}
