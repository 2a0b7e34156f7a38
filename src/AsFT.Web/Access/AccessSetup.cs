using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;

namespace AsFT.Web.Access;

public static class AccessSetup
{
    private const string LoginLimit = "login";

    /// <summary>A sentence if the site would be open to the network without a token; null if all is well.</summary>
    public static string? Refusal(IConfiguration configuration)
    {
        if (!string.IsNullOrEmpty(configuration["Access:Token"])) return null;
        var urls = (configuration["urls"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries);
        var endpoints = configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(e => e["Url"] ?? "");
        var ports = urls.Length > 0 ? [] : new[] { configuration["HTTP_PORTS"], configuration["HTTPS_PORTS"] }.Where(p => !string.IsNullOrEmpty(p)).Select(p => $"http://*:{p}");
        var open = urls.Concat(endpoints).Concat(ports).FirstOrDefault(u => !IsLoopback(u));
        return open is null ? null
            : $"Refusing to listen on {open} without a token: others could train and read here. Set Access:Token (environment: Access__Token) to a long random text, or listen on http://localhost:5080.";
    }

    public static void Add(IServiceCollection services)
    {
        services.AddAuthentication(AccessHandler.Name)
            .AddScheme<AuthenticationSchemeOptions, AccessHandler>(AccessHandler.Name, null)
            .AddCookie(o => (o.Cookie.Name, o.Cookie.SameSite, o.Cookie.HttpOnly, o.ExpireTimeSpan) = ("asft", SameSiteMode.Strict, true, TimeSpan.FromDays(14)));
        services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        services.AddRateLimiter(o => o.AddPolicy(LoginLimit, context =>
            RateLimitPartition.GetFixedWindowLimiter(context.Connection.RemoteIpAddress, _ => new() { PermitLimit = 10, Window = TimeSpan.FromMinutes(1) })));
    }

    public static void Map(WebApplication app)
    {
        app.MapGet("/login", (string? returnUrl) => Results.Content(Form(returnUrl, ""), "text/html")).AllowAnonymous().ExcludeFromDescription();
        app.MapPost("/login", async (HttpContext context, IConfiguration configuration, [FromForm] string token, [FromForm] string? returnUrl) =>
        {
            if (!AccessHandler.Matches(token, configuration["Access:Token"] ?? "")) return Results.Content(Form(returnUrl, "That is not the token."), "text/html", statusCode: StatusCodes.Status401Unauthorized);
            await context.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, AccessHandler.Principal("token", token));
            return Results.LocalRedirect(IsLocal(returnUrl) ? returnUrl! : "/");
        }).AllowAnonymous().DisableAntiforgery().RequireRateLimiting(LoginLimit).ExcludeFromDescription(); // the origin is checked for every post
    }

    private static bool IsLoopback(string url) => Uri.TryCreate(url.Replace("*", "0.0.0.0", StringComparison.Ordinal).Replace("+", "0.0.0.0", StringComparison.Ordinal), UriKind.Absolute, out var parsed) && parsed.IsLoopback;

    private static bool IsLocal(string? url) => url is ['/', ..] && !url.StartsWith("//", StringComparison.Ordinal) && !url.StartsWith("/\\", StringComparison.Ordinal);

    private static string Form(string? returnUrl, string problem) => $"""
        <!doctype html><html lang="en"><head><meta charset="utf-8"><title>AsFT · token</title><meta name="viewport" content="width=device-width">
        <link rel="stylesheet" href="/site.css"></head><body class="login"><main><h1>AsFT</h1>
        <form method="post" action="/login"><label for="token">Access token</label>
        <input id="token" name="token" type="password" autocomplete="current-password" required autofocus>
        <input type="hidden" name="returnUrl" value="{WebUtility.HtmlEncode(returnUrl)}">
        <p role="alert">{WebUtility.HtmlEncode(problem)}</p><button>Enter</button></form>
        <p>The token is the setting <code>Access:Token</code> of this installation.</p></main></body></html>
        """;
}
