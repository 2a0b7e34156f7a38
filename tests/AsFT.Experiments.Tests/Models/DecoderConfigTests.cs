using System.Text.Json.Nodes;
using AsFT.Experiments.Models;

namespace AsFT.Experiments.Tests.Models;

/// <summary>How rotary positions are set in config.json: by older files in rope_theta and rope_scaling, by newer ones in rope_parameters.</summary>
public sealed class DecoderConfigTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("asft-config-");

    public void Dispose() => folder.Delete(recursive: true);

    private DecoderConfig Read(params (string Key, string Json)[] settings)
    {
        var config = new JsonObject
        {
            ["model_type"] = "llama", ["vocab_size"] = 8, ["hidden_size"] = 8, ["intermediate_size"] = 8, ["num_hidden_layers"] = 1, ["num_attention_heads"] = 2,
        };
        foreach (var (key, json) in settings) config[key] = JsonNode.Parse(json);
        File.WriteAllText(Path.Combine(folder.FullName, "config.json"), config.ToJsonString());
        return ModelConfig.ReadLanguageModel(folder.FullName);
    }

    private const string Llama3 = """{"rope_type": "llama3", "rope_theta": 500000.0, "factor": 32, "low_freq_factor": 1, "high_freq_factor": 4, "original_max_position_embeddings": 8192}""";

    [Fact]
    public void Rope_OfOlderAndNewerFiles_IsTheSame()
    {
        Assert.Equal((10_000, null), (Read().RopeTheta, Read().RopeStretch));
        var (older, newer) = (Read(("rope_theta", "500000"), ("rope_scaling", Llama3)), Read(("rope_parameters", Llama3)));
        Assert.Equal((500_000, new RopeStretch(32, 1, 4, 8192)), (older.RopeTheta, older.RopeStretch));
        Assert.Equal((older.RopeTheta, older.RopeStretch), (newer.RopeTheta, newer.RopeStretch));
        Assert.Null(Read(("rope_parameters", """{"rope_type": "default", "rope_theta": 10000}""")).RopeStretch);
    }

    [Theory]
    [InlineData("rope_parameters", """{"rope_type": "yarn", "rope_theta": 10000}""", "'yarn', which is not supported")]
    [InlineData("rope_scaling", """{"type": "linear", "factor": 2}""", "'linear', which is not supported")]
    [InlineData("rope_parameters", """{"full_attention": {"rope_type": "default"}}""", "each kind of attention rope_parameters of its own")]
    public void Rope_OfAnotherKind_IsRefusedByName(string key, string json, string words) => Assert.Contains(words, Assert.Throws<ModelException>(() => Read((key, json))).Message);
}
