namespace AsFT.Web.Access;

/// <summary>Refuses what another site's page could make a browser send, and tells the browser what this site may load.</summary>
public static class RequestGuard
{
    public static void Use(WebApplication app) => app.Use(async (context, next) =>
    {
        if (ComesFromElsewhere(context.Request))
        {
            await Results.Problem("This request comes from another site and is refused.", statusCode: StatusCodes.Status403Forbidden).ExecuteAsync(context);
            return;
        }
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        var scripts = context.Request.Path.StartsWithSegments("/hangfire") ? "script-src 'self' 'unsafe-inline'; " : ""; // the jobs' dashboard has them in its pages
        headers.ContentSecurityPolicy = scripts + "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'";
        await next();
    });

    /// <summary>Browsers name the origin of every post and every WebSocket; programs name none.</summary>
    private static bool ComesFromElsewhere(HttpRequest request)
    {
        var safe = (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) && !request.Headers.Upgrade.Contains("websocket");
        if (safe) return false;
        var origin = request.Headers.Origin.ToString();
        if (origin.Length == 0) return request.Headers["Sec-Fetch-Site"] == "cross-site";
        return !Uri.TryCreate(origin, UriKind.Absolute, out var from) || from.Authority != request.Host.Value;
    }
}
