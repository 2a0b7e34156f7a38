using System.Text.Json;
using System.Text.Json.Nodes;
using AsFT.Experiments.Specification;
using AsFT.Training.Models;

namespace AsFT.Training.Lora;

/// <summary>An adapter as PEFT stores it: adapter_config.json and adapter_model.safetensors.</summary>
public static class AdapterFile
{
    public static void Write(string directory, IReadOnlyList<Projection> adapted, LoraOptions options, string baseModel)
    {
        Directory.CreateDirectory(directory);
        SafetensorsFile.Write(Path.Combine(directory, "adapter_model.safetensors"), LoraAdapter.Named(adapted).ToDictionary(w => w.Key, w => (TorchSharp.torch.Tensor)w.Value));
        var config = new JsonObject
        {
            ["auto_mapping"] = null, ["base_model_name_or_path"] = baseModel, ["bias"] = "none", ["fan_in_fan_out"] = false,
            ["inference_mode"] = true, ["init_lora_weights"] = true, ["layers_pattern"] = null, ["layers_to_transform"] = null,
            ["lora_alpha"] = options.Alpha, ["lora_dropout"] = options.Dropout, ["modules_to_save"] = null, ["peft_type"] = "LORA",
            ["r"] = options.Rank, ["revision"] = null, ["target_modules"] = new JsonArray([.. options.Targets.Select(t => JsonValue.Create(t))]),
            ["task_type"] = "CAUSAL_LM", ["use_rslora"] = false,
        };
        File.WriteAllText(Path.Combine(directory, "adapter_config.json"), config.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n");
    }

    public static void Read(string directory, IReadOnlyList<Projection> adapted)
    {
        var tensors = SafetensorsFile.Read(Path.Combine(directory, "adapter_model.safetensors"));
        LoraAdapter.FromPeft(adapted, tensors);
        foreach (var tensor in tensors.Values) tensor.Dispose();
    }
}
