using System.Text.Json;

namespace AsFT.Experiments.Models;

/// <summary>What config.json says of a model, whatever its architecture.</summary>
public abstract record ModelConfig
{
    public required int VocabularySize { get; init; }
    public required int HiddenSize { get; init; }
    public required int IntermediateSize { get; init; }
    public required int Layers { get; init; }
    public required int Heads { get; init; }
    public required int MaxPositions { get; init; }

    /// <summary>The id that pads short rows, where config.json names one.</summary>
    public int? PadId { get; init; }

    /// <summary>What the architecture is called on pages.</summary>
    public abstract string Architecture { get; }

    /// <summary>Names and shapes of all weights, as Hugging Face names them.</summary>
    public abstract IEnumerable<(string Name, long[] Shape)> Parameters();

    /// <summary>The linear layers that a low-rank update can be attached to: their module names and (out, in).</summary>
    public abstract IEnumerable<(string Module, long[] Shape)> Linears();

    /// <summary>A tensor's name in a file as this project calls it.</summary>
    public virtual string Canonical(string name) => name;

    /// <summary>Whether a file may lack the weight: nothing here needs it.</summary>
    public virtual bool IsOptional(string name) => false;

    public long ParameterCount => Parameters().Sum(p => p.Shape.Aggregate(1L, (a, b) => a * b));

    /// <exception cref="ModelException">not a configuration that is read here; the message names what is missing or not supported</exception>
    public static ModelConfig Read(string directory)
    {
        var path = Path.Combine(directory, "config.json");
        if (!File.Exists(path)) throw new ModelException("config.json is missing: the directory holds no Hugging Face model. Copy the whole model directory.");
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var file = new ConfigFile(document.RootElement);
            var config = file.Text("model_type") switch
            {
                "llama" or "qwen2" or "gemma2" => (ModelConfig)DecoderConfig.From(file),
                "bert" => BertConfig.From(file),
                var other => throw new ModelException($"the architecture '{other ?? "unknown"}' is not supported; llama, qwen2, gemma2 and bert are"),
            };
            if (new[] { config.VocabularySize, config.HiddenSize, config.IntermediateSize, config.Layers, config.Heads, config.MaxPositions }.Any(n => n < 1))
                throw new ModelException("config.json holds a size that is not positive");
            return config;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new ModelException($"config.json cannot be read: {e.Message}", e);
        }
    }

    /// <summary>As <see cref="Read"/>, of a model that continues text.</summary>
    public static DecoderConfig ReadLanguageModel(string directory) => Read(directory) switch
    {
        DecoderConfig { Labels: 0 } decoder => decoder,
        var other => throw new ModelException($"it is a {other.Architecture}, which writes no text; a language model is needed here"),
    };
}
