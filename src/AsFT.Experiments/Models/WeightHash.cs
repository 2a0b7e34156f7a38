using System.Security.Cryptography;

namespace AsFT.Experiments.Models;

/// <summary>SHA-256 over the SHA-256 of each weight file, in the order of their names: equal for equal weights, whatever they are called.</summary>
public static class WeightHash
{
    public static async Task<string> OfAsync(string directory, CancellationToken cancel = default)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in ModelDirectory.WeightFiles(directory))
        {
            await using var stream = File.OpenRead(file);
            hash.AppendData(await SHA256.HashDataAsync(stream, cancel));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
