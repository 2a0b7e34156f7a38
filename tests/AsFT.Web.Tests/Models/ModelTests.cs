using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace AsFT.Web.Tests.Models;

public sealed class ModelTests : IAsyncLifetime
{
    private readonly DirectoryInfo root = System.IO.Directory.CreateTempSubdirectory("asft-models-");
    private Site site = null!;

    public async ValueTask InitializeAsync() => site = await Site.StartAsync(("Models:Roots:0", root.FullName));

    public async ValueTask DisposeAsync()
    {
        await site.DisposeAsync();
        root.Delete(recursive: true);
    }

    [Fact]
    public async Task Register_ADirectoryBelowARoot_TellsWhatItHolds()
    {
        var directory = Copy("mine");
        var model = await RegisterAsync(directory, "mine");
        Assert.Equal("Llama", (string)model["architecture"]!);
        Assert.Equal("F32", (string)model["dtype"]!);
        Assert.Equal("tokenizer.json (byte-level BPE)", (string)model["tokenizer"]!);
        Assert.Contains("named 'mine' already", (string)(await RegisterAsync(Copy("other"), "mine"))["detail"]!);
        Assert.Contains("registered already", (string)(await RegisterAsync(directory, "again"))["detail"]!);
    }

    [Fact]
    public async Task Candidates_PickledWeights_AreRefusedWithTheReason()
    {
        var directory = Copy("pickled");
        File.Move(Path.Combine(directory, "model.safetensors"), Path.Combine(directory, "pytorch_model.bin"));
        var candidate = (await site.GetAsync("/api/v1/models/candidates")).AsArray().Single(c => (string)c!["directory"]! == directory)!;
        Assert.Contains("is a pickle: loading it can run any program", (string)candidate["problem"]!);
        Assert.Contains("pickle", (string)(await RegisterAsync(directory, "pickled"))["detail"]!);
    }

    [Fact]
    public async Task Register_WithoutConfig_SaysSo()
    {
        var directory = Copy("bare");
        File.Delete(Path.Combine(directory, "config.json"));
        Assert.Contains("config.json is missing", (string)(await RegisterAsync(directory, "bare"))["detail"]!);
    }

    [Fact]
    public async Task Register_ShapeThatDoesNotFit_NamesTheTensorAndBothShapes()
    {
        var directory = Copy("misfit");
        var config = Path.Combine(directory, "config.json");
        File.WriteAllText(config, File.ReadAllText(config).Replace("\"intermediate_size\": 256", "\"intermediate_size\": 257"));
        Assert.Contains("[256, 96]; by config.json it should be [257, 96]", (string)(await RegisterAsync(directory, "misfit"))["detail"]!);
    }

    [Theory]
    [InlineData("/etc")]
    [InlineData("../../etc")]
    [InlineData("{root}/../..")]
    [InlineData("{root}/link")]
    public async Task Register_OutsideTheRoots_IsRefused(string directory)
    {
        File.CreateSymbolicLink(Path.Combine(root.FullName, "link"), Path.Combine(Site.Repository, "lab", "models", "lab-base"));
        Assert.Contains("Models:Roots", (string)(await RegisterAsync(directory.Replace("{root}", root.FullName), "x"))["detail"]!);
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"directory":"a\u0000b","name":"x"}""")]
    public async Task Register_WithoutADirectory_IsRefusedNotAnError(string body)
    {
        using var response = await site.Http.PostAsync("/api/v1/models", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, response.StatusCode);
        using var partner = await site.Http.PutAsJsonAsync($"/api/v1/models/{Guid.NewGuid()}/base", new { baseId = Guid.NewGuid() });
        Assert.Equal(System.Net.HttpStatusCode.NotFound, partner.StatusCode);
    }

    /// <summary>The same weights read with another configuration are another model.</summary>
    [Fact]
    public async Task Register_SameWeightsOtherConfiguration_HasAnotherHash()
    {
        var (one, other) = (Copy("one"), Copy("other"));
        var config = Path.Combine(other, "config.json");
        File.WriteAllText(config, File.ReadAllText(config).Replace("\"rope_theta\": 10000", "\"rope_theta\": 20000"));
        Assert.NotEqual((string)(await RegisterAsync(one, "one"))["sha256"]!, (string)(await RegisterAsync(other, "other"))["sha256"]!);
    }

    private async Task<JsonNode> RegisterAsync(string directory, string name) =>
        (await (await site.Http.PostAsJsonAsync("/api/v1/models", new { directory, name })).Content.ReadFromJsonAsync<JsonNode>())!;

    private string Copy(string name)
    {
        var target = root.CreateSubdirectory(name).FullName;
        foreach (var file in System.IO.Directory.EnumerateFiles(Path.Combine(Site.Repository, "lab", "models", "lab-base"))) File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        return target;
    }
}
