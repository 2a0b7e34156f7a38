using System.Text.RegularExpressions;

namespace AsFT.Experiments.Specification;

/// <summary>Which linear layers a specification adapts, as PEFT reads it: by the last part of their names, or by one pattern that fits whole names.</summary>
public static class LoraTargets
{
    private const RegexOptions Linear = RegexOptions.CultureInvariant | RegexOptions.NonBacktracking; // a pattern of any shape takes time as the name is long

    /// <summary>A single target that is no plain name is a regular expression.</summary>
    public static bool IsPattern(LoraOptions options) => options.Targets is [var only] && only.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('_' or '.'));

    /// <param name="options">targets and layers</param>
    /// <param name="module">a module's whole name, such as model.layers.3.self_attn.q_proj</param>
    public static bool Matches(LoraOptions options, string module)
    {
        var named = IsPattern(options)
            ? Regex.IsMatch(module, $"^(?:{options.Targets[0]})$", Linear)
            : options.Targets.Any(t => module == t || module.EndsWith("." + t, StringComparison.Ordinal));
        return named && (options.Layers.Count == 0 || options.Layers.Contains(LayerOf(module)));
    }

    /// <summary>The layer that a weight or module belongs to; −1 for those outside layers.</summary>
    public static int LayerOf(string name)
    {
        var parts = name.Split('.');
        var at = Array.FindIndex(parts, p => p is "layers" or "layer");
        return at >= 0 && at + 1 < parts.Length && int.TryParse(parts[at + 1], out var layer) ? layer : -1;
    }

    /// <summary>What is wrong with a pattern; null if nothing.</summary>
    public static string? Fault(LoraOptions options)
    {
        if (!IsPattern(options)) return null;
        try
        {
            _ = new Regex($"^(?:{options.Targets[0]})$", Linear);
            return null;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return $"is no valid pattern: {e.Message}";
        }
    }
}
