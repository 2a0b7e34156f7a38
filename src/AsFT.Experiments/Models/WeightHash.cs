using System.Security.Cryptography;

namespace AsFT.Experiments.Models;

/// <summary>SHA-256 over the SHA-256 of each weight file and of the small files that say how weights and text are read: equal for equal models, whatever they are called.</summary>
public static class WeightHash
{
    private static readonly string[] Reading = ["config.json", "tokenizer.json", "tokenizer.model", "tokenizer_config.json", "vocab.txt", "chat_template.jinja", "generation_config.json", "head.safetensors", "classifier.json", "judge.json"];

    public static async Task<string> OfAsync(string directory, CancellationToken cancel = default)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in ModelDirectory.WeightFiles(directory).Concat(Reading.Select(name => Path.Combine(directory, name)).Where(File.Exists)))
        {
            await using var stream = File.OpenRead(file);
            hash.AppendData(await SHA256.HashDataAsync(stream, cancel));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
