using System.Net;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.Options;

namespace AsFT.Web.Access;

/// <summary>
/// Who may come in. Without a token (loopback only) everybody is the administrator of this machine; with one, those who
/// show it as a bearer token, or have shown it once and carry the cookie.
/// </summary>
public sealed class AccessHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, IConfiguration configuration)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string Name = "Access", Administrator = "administrator";
    private const string TokenClaim = "token";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var token = configuration["Access:Token"];
        if (string.IsNullOrEmpty(token)) return Admit("local");
        var header = Request.Headers.Authorization.ToString();
        if (header.StartsWith("Bearer ", StringComparison.Ordinal)) return Matches(header[7..], token) ? Admit("token") : AuthenticateResult.Fail("the token does not match");
        var carried = await Context.AuthenticateAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        return !carried.Succeeded || carried.Principal.HasClaim(TokenClaim, Mark(token)) ? carried : AuthenticateResult.Fail("the token has been changed since");
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (HttpMethods.IsGet(Request.Method) && Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal))
            Response.Redirect("/login?returnUrl=" + WebUtility.UrlEncode(Request.Path + Request.QueryString));
        else
            Response.StatusCode = StatusCodes.Status401Unauthorized;
        return Task.CompletedTask;
    }

    public static bool Matches(string given, string token) =>
        CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given)), SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    /// <summary>Who is let in, and by which token: a cookie is worth no more than the token it was given for.</summary>
    public static ClaimsPrincipal Principal(string name, string token = "") =>
        new(new ClaimsIdentity([new(ClaimTypes.Name, name), new(ClaimTypes.Role, Administrator), new(TokenClaim, Mark(token))], Name));

    private static string Mark(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("cookie of " + token)));

    private static AuthenticateResult Admit(string name) => AuthenticateResult.Success(new(Principal(name), Name));
}
