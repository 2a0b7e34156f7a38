using System.Text.Json.Nodes;
using AsFT.Experiments.Specification;
using AsFT.Training.Models;
using AsFT.Training.Safety;

namespace AsFT.Training.Tests.Safety;

public sealed class SafeLoraTests
{
    private static JsonNode Case => Oracle.Case("safe_lora");

    private static IEnumerable<JsonNode> Cases => Case["cases"]!.AsArray().Select(c => c!);

    public static TheoryData<string> Names => [.. Cases.Select(c => (string)c["name"]!)];

    private static IReadOnlyList<Projection> Modules()
    {
        var inputs = Oracle.Tensors("safe_lora", "inputs.safetensors");
        return [.. Case["module_order"]!.AsArray().Select(n => (string)n!).Select(n => new Projection(n, nn.Parameter(inputs[$"{n}.W_aligned"], requires_grad: false))
        {
            Lora = new(nn.Parameter(inputs[$"{n}.A"]), nn.Parameter(inputs[$"{n}.B"]), 16, 0),
        })];
    }

    private static AlignmentDirection Direction()
    {
        var inputs = Oracle.Tensors("safe_lora", "inputs.safetensors");
        var direction = new AlignmentDirection();
        foreach (var n in Case["module_order"]!.AsArray().Select(n => (string)n!)) direction.Add(n, inputs[$"{n}.W_aligned"] - inputs[$"{n}.W_base"]);
        return direction;
    }

    [Fact]
    public void Direction_OfEachModule_IsThePublishedOne()
    {
        var inputs = Oracle.Tensors("safe_lora", "inputs.safetensors");
        using var direction = Direction();
        foreach (var (name, c) in direction.Modules) Oracle.Close(inputs[$"{name}.C_hat"], c, 1e-12);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Project_GivesThePublishedMatricesAndCosines(string name)
    {
        var expected = Cases.Single(c => (string)c["name"]! == name);
        var outputs = Oracle.Tensors("safe_lora", "outputs.safetensors");
        var modules = Modules();
        using var direction = Direction();
        var number = (string)expected["select_layers_type"]! == "number";
        var results = SafeLora.Project(modules, direction, new() { Threshold = (double?)expected["threshold"] ?? 0, Number = number ? (int)expected["num_proj_layers"]! : 0 });
        Assert.Equal(Case["cosine_rounded_5"]!.AsArray().Select(c => (double)c!), results.Select(r => r.Cosine));
        Assert.Equal(expected["projected_flags"]!.AsArray().Select(f => (bool)f!), results.Select(r => r.Projected));
        foreach (var module in modules) Oracle.Close(outputs[$"{name}/{module.Name}.B"], module.Lora!.B, 1e-12);
    }
}
