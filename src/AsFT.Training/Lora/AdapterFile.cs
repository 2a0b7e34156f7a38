using System.Text.Json;
using System.Text.Json.Nodes;
using AsFT.Experiments.Models;
using AsFT.Experiments.Specification;
using AsFT.Training.Models;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AsFT.Training.Lora;

/// <summary>An adapter as PEFT stores it: adapter_config.json and adapter_model.safetensors.</summary>
public static class AdapterFile
{
    private const string Weights = "adapter_model.safetensors", Config = "adapter_config.json";

    public static void Write(string directory, IReadOnlyList<Projection> adapted, LoraOptions options, string baseModel)
    {
        Directory.CreateDirectory(directory);
        SafetensorsFile.Write(Path.Combine(directory, Weights), LoraAdapter.Named(adapted).ToDictionary(w => w.Key, w => (Tensor)w.Value));
        var config = new JsonObject
        {
            ["alpha_pattern"] = new JsonObject(), ["auto_mapping"] = null, ["base_model_name_or_path"] = baseModel, ["bias"] = "none", ["fan_in_fan_out"] = false,
            ["inference_mode"] = true, ["init_lora_weights"] = true, ["layers_pattern"] = null,
            ["layers_to_transform"] = options.Layers.Count == 0 ? null : new JsonArray([.. options.Layers.Select(l => JsonValue.Create(l))]),
            ["loftq_config"] = new JsonObject(), ["lora_alpha"] = options.Alpha, ["lora_dropout"] = options.Dropout, ["megatron_config"] = null, ["megatron_core"] = "megatron.core",
            ["modules_to_save"] = null, ["peft_type"] = "LORA", ["r"] = options.Rank, ["rank_pattern"] = new JsonObject(), ["revision"] = null,
            ["target_modules"] = LoraTargets.IsPattern(options) ? JsonValue.Create(options.Targets[0]) : new JsonArray([.. options.Targets.Select(t => JsonValue.Create(t))]),
            ["task_type"] = "CAUSAL_LM", ["use_dora"] = false, ["use_rslora"] = options.RankStabilised,
        };
        File.WriteAllText(Path.Combine(directory, Config), config.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n");
    }

    /// <summary>Attaches an adapter to the model it belongs to.</summary>
    /// <exception cref="ModelException">it is no LoRA adapter that is read here, or does not fit the model</exception>
    public static IReadOnlyList<Projection> Attach(string directory, Decoder model)
    {
        var adapted = LoraAdapter.Attach(model, Options(directory));
        Read(directory, adapted);
        return adapted;
    }

    public static void Read(string directory, IReadOnlyList<Projection> adapted)
    {
        var tensors = SafetensorsFile.Read(Path.Combine(directory, Weights));
        LoraAdapter.FromPeft(adapted, tensors);
        foreach (var tensor in tensors.Values) tensor.Dispose();
    }

    /// <summary>The updates that a file holds, by module, without a model.</summary>
    /// <exception cref="ModelException">it is no LoRA adapter that is read here</exception>
    public static IReadOnlyDictionary<string, LoraUpdate> Updates(string directory)
    {
        const string prefix = "base_model.model.", a = ".lora_A.weight", b = ".lora_B.weight";
        var options = Options(directory);
        using var scope = NewDisposeScope();
        var tensors = SafetensorsFile.Read(Path.Combine(directory, Weights), type: ScalarType.Float32);
        LoraUpdate Update(string module) => tensors.TryGetValue(prefix + module + b, out var up)
            ? new(Kept(tensors[prefix + module + a]), Kept(up), options.Alpha, 0, options.RankStabilised)
            : throw new ModelException($"the adapter holds no tensor '{prefix + module + b}'");
        return tensors.Keys.Where(k => k.StartsWith(prefix, StringComparison.Ordinal) && k.EndsWith(a, StringComparison.Ordinal)).Select(k => k[prefix.Length..^a.Length]).ToDictionary(m => m, Update);
    }

    private static Parameter Kept(Tensor tensor) => nn.Parameter(tensor.DetachFromDisposeScope(), requires_grad: false);

    /// <summary>What adapter_config.json says. Settings that would change the result and are not built are refused by name.</summary>
    private static LoraOptions Options(string directory)
    {
        try
        {
            var c = JsonNode.Parse(File.ReadAllText(Path.Combine(directory, Config)))!.AsObject();
            if ((string?)c["peft_type"] != "LORA") throw new ModelException($"the adapter is of the kind {c["peft_type"]}; LORA is read");
            foreach (var key in new[] { "use_dora", "fan_in_fan_out", "lora_bias" }.Where(k => (bool?)c[k] == true)) throw new ModelException($"the adapter sets {key}, which is not supported");
            if (c["init_lora_weights"] is JsonValue start && start.TryGetValue(out string? kind) && kind is not ("gaussian" or "eva" or "orthogonal"))
                throw new ModelException($"the adapter was started by {kind}, which changes the model's own weights: saved so, it does not fit the model as it came. Convert it to a plain adapter first (PEFT's path_initial_model_for_weight_conversion)");
            foreach (var key in new[] { "alpha_pattern", "rank_pattern" }.Where(k => c[k] is JsonObject { Count: > 0 })) throw new ModelException($"the adapter sets {key}, which is not supported");
            if (c["modules_to_save"] is JsonArray { Count: > 0 } || (string?)c["bias"] is not (null or "none")) throw new ModelException("the adapter holds whole modules or biases, which is not supported");
            return new()
            {
                Rank = (int)c["r"]!, Alpha = (double)c["lora_alpha"]!, Dropout = (double?)c["lora_dropout"] ?? 0, RankStabilised = (bool?)c["use_rslora"] ?? false,
                Targets = c["target_modules"] is JsonArray list ? [.. list.Select(t => (string)t!)] : [(string)c["target_modules"]!],
                Layers = c["layers_to_transform"] switch { JsonArray layers => [.. layers.Select(l => (int)l!)], JsonValue one => [(int)one], _ => [] },
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or ArgumentNullException or FileNotFoundException)
        {
            throw new ModelException($"adapter_config.json cannot be read: {e.Message}", e);
        }
    }
}
