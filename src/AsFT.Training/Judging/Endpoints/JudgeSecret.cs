using AsFT.Experiments.Specification;

namespace AsFT.Training.Judging.Endpoints;

/// <summary>
/// The key of a secret, from the environment: ASFT_SECRET_NAME holds it, and ASFT_SECRET_NAME_HOST the one
/// host that may get it: without it the key goes nowhere, so that whoever writes a specification cannot send it to a host of his own. It goes into one request
/// header and nowhere else: no log, event, message or file.
/// </summary>
public static class JudgeSecret
{
    /// <summary>Null where the settings name no secret.</summary>
    /// <param name="options">the judge's settings, checked</param>
    /// <param name="group">the path of these settings, for faults</param>
    /// <param name="environment">variables by name</param>
    /// <exception cref="SpecificationException">there is no such secret, or it is not for this host</exception>
    public static string? Of(JudgeOptions options, string group, Func<string, string?> environment)
    {
        if (string.IsNullOrEmpty(options.Key)) return null;
        var variable = $"ASFT_SECRET_{options.Key}";
        SpecificationException Fault(string problem) => new([new($"{group}.key", problem)]);
        if (environment(variable)?.Trim() is not { Length: > 0 } key) throw Fault($"names the secret {options.Key}, and the trainer's environment has no {variable}; set it to the key");
        if (key.Any(c => c is < '!' or > '~')) throw Fault($"names the secret {options.Key}, and {variable} holds characters that no key has; set it to the key alone");
        if (environment(variable + "_HOST")?.Trim() is not { Length: > 0 } host) throw Fault($"names the secret {options.Key}, and {variable}_HOST does not say which host may get it; set it to the host of the address");
        if (!string.Equals(host, new Uri(options.Address!).Host, StringComparison.OrdinalIgnoreCase))
            throw Fault($"names the secret {options.Key}, which is for another host than the address; {variable}_HOST says for which");
        return key;
    }
}
