using System.Text.Json.Nodes;
using AsFT.Experiments.Models;
using AsFT.Experiments.Specification;
using AsFT.Training.Lora;
using AsFT.Training.Models;

namespace AsFT.Training.Tests.Lora;

public sealed class AdapterFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("asft-adapter-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static string Peft => Oracle.At("lora_training", "adapter_asft_alpha32");

    private static Decoder Aligned() => Decoder.Load(Oracle.At("lora_training", "aligned"), CPU, ScalarType.Float32);

    /// <summary>An adapter that PEFT wrote, on the model it belongs to, gives the logits that PEFT saw.</summary>
    [Fact]
    public void Attach_AnAdapterOfPeft_GivesItsLogits()
    {
        using var model = Aligned();
        AdapterFile.Attach(Peft, model);
        var data = Oracle.Tensors("lora_training", "data.safetensors");
        using var frozen = no_grad();
        var mask = data["attention_mask"][..4].unsqueeze(-1);
        Oracle.Close(Oracle.Tensors("lora_training", "asft_alpha32.safetensors")["eval.logits"] * mask, model.Logits(data["input_ids"][..4]) * mask, 1e-4);
    }

    [Fact]
    public void Write_HasPeftsNamesShapesAndKeys()
    {
        using var model = Aligned();
        AdapterFile.Write(folder, AdapterFile.Attach(Peft, model), new LoraOptions { Dropout = 0 }, "tiny/llama_gqa");
        static IEnumerable<string> Entries(string directory) => SafetensorsHeader.Read(Path.Combine(directory, "adapter_model.safetensors")).Tensors.Select(t => $"{t.Name} {t.Dtype} {string.Join('x', t.Shape)}").Order();
        Assert.Equal(Entries(Peft), Entries(folder));
        static JsonObject Config(string directory) => JsonNode.Parse(File.ReadAllText(Path.Combine(directory, "adapter_config.json")))!.AsObject();
        var (theirs, ours) = (Config(Peft), Config(folder));
        Assert.Equal(theirs.Select(p => p.Key).Order(), ours.Select(p => p.Key).Order());
        foreach (var (key, value) in theirs.Where(p => p.Key != "target_modules")) Assert.True(JsonNode.DeepEquals(value, ours[key]) || value!.ToString() == "0.0" && ours[key]!.ToString() == "0", key);
    }

    [Fact]
    public void Attach_APatternLayersAndRankStabilisation_AreReadAsWritten()
    {
        var options = new LoraOptions { Rank = 4, Alpha = 8, Dropout = 0, RankStabilised = true, Targets = [@".*\.self_attn\.(k|o)_proj"], Layers = [1] };
        using (var model = Aligned()) AdapterFile.Write(folder, LoraAdapter.Attach(model, options), options, "m");
        using var again = Aligned();
        var adapted = AdapterFile.Attach(folder, again);
        Assert.Equal(["model.layers.1.self_attn.k_proj", "model.layers.1.self_attn.o_proj"], adapted.Select(m => m.Name));
        Assert.All(adapted, m => Assert.Equal(4, m.Lora!.Scale)); // 8 / √4
    }

    [Fact]
    public void Updates_WithoutAModel_AreThoseThatAreAttached()
    {
        using var model = Aligned();
        var attached = AdapterFile.Attach(Peft, model);
        var alone = AdapterFile.Updates(Peft);
        Assert.Equal(attached.Select(m => m.Name).Order(), alone.Keys.Order());
        Assert.All(attached, m => Assert.Equal((m.Lora!.Scale, Convert.ToHexString(m.Lora.A.bytes), Convert.ToHexString(m.Lora.B.bytes)), (alone[m.Name].Scale, Convert.ToHexString(alone[m.Name].A.bytes), Convert.ToHexString(alone[m.Name].B.bytes))));
    }

    [Theory]
    [InlineData("\"use_dora\": false", "\"use_dora\": true", "use_dora")]
    [InlineData("\"LORA\"", "\"IA3\"", "IA3")]
    [InlineData("\"init_lora_weights\": true", "\"init_lora_weights\": \"pissa\"", "started by pissa, which changes the model's own weights")]
    [InlineData("\"use_dora\": false", "\"use_dora\": false, \"lora_bias\": true", "lora_bias")]
    [InlineData("\"v_proj\"", "\"k_proj\"", "v_proj.lora_A.weight', which belongs to no adapted layer")] // layers that the file holds and the configuration does not name
    [InlineData("\"rank_pattern\": {}", "\"rank_pattern\": {\"q_proj\": 4}", "rank_pattern")]
    [InlineData("\"r\": 8", "\"r\": 4", "has the shape [8, 64], expected [4, 64]")]
    public void Attach_WhatIsNotBuiltOrDoesNotFit_IsRefusedByName(string old, string changed, string expected)
    {
        foreach (var file in Directory.EnumerateFiles(Peft)) File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        var config = Path.Combine(folder, "adapter_config.json");
        Assert.Contains(old, File.ReadAllText(config));
        File.WriteAllText(config, File.ReadAllText(config).Replace(old, changed));
        using var model = Aligned();
        Assert.Contains(expected, Assert.Throws<ModelException>(() => AdapterFile.Attach(folder, model)).Message);
    }
}
