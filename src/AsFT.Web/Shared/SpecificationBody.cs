using System.Text.Json.Nodes;
using AsFT.Experiments.Specification;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AsFT.Web.Shared;

/// <summary>What a request brings in YAML or JSON, and the answer where it is refused.</summary>
internal static class SpecificationBody
{
    private const int Longest = 1 << 20;

    public static RouteHandlerBuilder TakesYaml(this RouteHandlerBuilder endpoint) => endpoint.Accepts<JsonObject>("application/yaml", "application/x-yaml", "text/yaml", "text/plain", "application/json");

    /// <exception cref="SpecificationException">it is far too long</exception>
    public static async Task<string> ReadAsync(HttpRequest request)
    {
        if (request.ContentLength > Longest) throw new SpecificationException([new("", $"has {request.ContentLength} bytes; at most {Longest} are read")]);
        using var reader = new StreamReader(request.Body);
        return await reader.ReadToEndAsync();
    }

    /// <summary>Each problem under the path of its setting.</summary>
    public static ValidationProblem Refusal(SpecificationException e, string title) => TypedResults.ValidationProblem(e.Faults.GroupBy(f => f.Path).ToDictionary(g => g.Key, g => g.Select(f => f.Problem).ToArray()), title: title);
}
