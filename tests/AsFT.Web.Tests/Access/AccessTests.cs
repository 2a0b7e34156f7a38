using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;

namespace AsFT.Web.Tests.Access;

public sealed class AccessTests
{
    private const string Token = "a-long-random-token-for-tests";

    [Theory]
    [InlineData("urls", "http://0.0.0.0:0")]
    [InlineData("urls", "http://*:0")]
    [InlineData("urls", "http://[::]:0")]
    [InlineData("urls", "http://127.0.0.1:0;http://0.0.0.0:0")]
    [InlineData("http_ports", "8080")]
    [InlineData("Kestrel:Endpoints:Open:Url", "http://0.0.0.0:0")]
    public async Task Start_BeyondLoopbackWithoutToken_RefusesAndSaysWhatToDo(string setting, string value)
    {
        var (exit, output) = await Site.RefusedAsync((setting, value));
        Assert.Equal(2, exit);
        Assert.Contains("Access:Token", output);
    }

    [Fact]
    public async Task Token_EveryPageEndpointHubAndDashboard_AskForIt()
    {
        await using var site = await Site.StartAsync(("urls", "http://0.0.0.0:0"), ("Access:Token", Token), ("AllowedHosts", "*"));
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new(site.Http.BaseAddress!.ToString().Replace("0.0.0.0", "127.0.0.1")) };
        var closed = new[]
        {
            "/", "/datasets", "/models", "/runs/new", "/gallery", "/not-there", "/api/v1/datasets", "/api/v1/models", "/api/v1/runs", "/openapi/v1.json", "/hangfire", "/hubs/runs",
            $"/api/v1/runs/{Guid.NewGuid()}/files/events.jsonl", "/_blazor", "/api/v1/uploads/" + Guid.NewGuid(),
        };
        foreach (var address in closed)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync(address)).StatusCode);
            using var page = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { Accept = { new("text/html") } } };
            var answer = await http.SendAsync(page);
            Assert.StartsWith("/login", answer.Headers.Location?.OriginalString);
        }
        foreach (var address in new[] { "/hubs/runs/negotiate", "/_blazor/negotiate", "/api/v1/runs", "/api/v1/uploads" })
            Assert.Equal(HttpStatusCode.Unauthorized, (await http.PostAsync(address, JsonContent.Create(new { }))).StatusCode);

        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token + "x");
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync("/api/v1/runs")).StatusCode);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/api/v1/runs")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/hangfire")).StatusCode);
        Assert.DoesNotContain(Token, site.Output);
    }

    [Fact]
    public async Task Token_OnceChanged_NoOldCookieOpensAnything()
    {
        var data = Directory.CreateTempSubdirectory("asft-rotate-").FullName;
        string cookie;
        await using (var before = await Site.StartAsync(("Access:Token", Token), ("Data:Directory", data)))
        {
            using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = before.Http.BaseAddress };
            cookie = (await http.PostAsync("/login", Form(Token, "/"))).Headers.GetValues("Set-Cookie").Single().Split(';')[0];
            http.DefaultRequestHeaders.Add("Cookie", cookie);
            Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/api/v1/runs")).StatusCode);
        }
        await using (var after = await Site.StartAsync(("Access:Token", Token + "-new"), ("Data:Directory", data)))
        {
            using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = after.Http.BaseAddress };
            http.DefaultRequestHeaders.Add("Cookie", cookie);
            Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync("/api/v1/runs")).StatusCode);
        }
        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public async Task Login_WithTheToken_GivesACookieThatOpensPages()
    {
        await using var site = await Site.StartAsync(("Access:Token", Token));
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = site.Http.BaseAddress };
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.PostAsync("/login", Form("wrong", "/"))).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync("/api/v1/runs")).StatusCode);

        var entered = await http.PostAsync("/login", Form(Token, "/gallery"));
        Assert.Equal("/gallery", entered.Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/gallery")).StatusCode);
        Assert.Equal("/", (await http.PostAsync("/login", Form(Token, "https://evil.example/"))).Headers.Location?.OriginalString);
        Assert.Equal("/", (await http.PostAsync("/login", Form(Token, "//evil.example/"))).Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task Request_FromElsewhere_IsRefused()
    {
        await using var site = await Site.StartAsync();
        using var host = new HttpRequestMessage(HttpMethod.Get, "/api/v1/datasets") { Headers = { Host = "evil.example" } };
        Assert.Equal(HttpStatusCode.BadRequest, (await site.Http.SendAsync(host)).StatusCode);

        using var origin = new HttpRequestMessage(HttpMethod.Post, "/api/v1/runs") { Content = new StringContent("name: x") };
        origin.Headers.Add("Origin", "https://evil.example");
        using var refused = await site.Http.SendAsync(origin);
        Assert.Equal((HttpStatusCode.Forbidden, "application/problem+json"), (refused.StatusCode, refused.Content.Headers.ContentType?.MediaType));

        using var hub = new HttpRequestMessage(HttpMethod.Get, "/hubs/runs");
        hub.Headers.Add("Origin", "https://evil.example");
        hub.Headers.Add("Connection", "Upgrade");
        hub.Headers.Add("Upgrade", "websocket");
        hub.Headers.Add("Sec-WebSocket-Version", "13");
        hub.Headers.Add("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        Assert.Equal(HttpStatusCode.Forbidden, (await site.Http.SendAsync(hub)).StatusCode);
    }

    [Fact]
    public async Task Answers_TellTheBrowserToLoadFromHereOnly()
    {
        await using var site = await Site.StartAsync();
        var answer = await site.Http.GetAsync("/");
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("default-src 'self'", policy);
        Assert.DoesNotContain("script-src", policy);
        Assert.DoesNotContain("unsafe-eval", policy);
    }

    private static FormUrlEncodedContent Form(string token, string returnUrl) => new(new Dictionary<string, string> { ["token"] = token, ["returnUrl"] = returnUrl });
}
