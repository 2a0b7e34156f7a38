using System.Text.Json;
using System.Text.Json.Serialization;
using AsFT.Web;
using AsFT.Web.Access;
using AsFT.Web.Data;
using AsFT.Web.Datasets;
using AsFT.Web.Lab;
using AsFT.Web.Lab.Tournaments;
using AsFT.Web.Models;
using AsFT.Web.Runs;
using AsFT.Web.Shared;
using AsFT.Web.Sweeps;
using Microsoft.AspNetCore.DataProtection;
using MudBlazor.Services;

var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppPaths.ContentRoot() });
var (services, configuration) = (builder.Services, builder.Configuration);
builder.WebHost.UseStaticWebAssets();
if (string.IsNullOrEmpty(configuration["urls"]) && string.IsNullOrEmpty(configuration["HTTP_PORTS"])) builder.WebHost.UseUrls("http://localhost:5080");
builder.WebHost.ConfigureKestrel(o => o.AddServerHeader = false);

if (AccessSetup.Refusal(configuration) is { } refusal)
{
    Console.Error.WriteLine(refusal);
    return 2;
}

services.AddSingleton<AppPaths>();
Database.Add(services, configuration);
AccessSetup.Add(services);
services.AddDataProtection().SetApplicationName("AsFT").PersistKeysToFileSystem(new DirectoryInfo(new AppPaths(configuration, builder.Environment).Keys));
services.AddSingleton<DatasetLibrary>().AddSingleton<Uploads>().AddSingleton<ModelRegistry>();
RunServices.Add(services, configuration);
SweepServices.Add(services);
LabServices.Add(services);
services.ConfigureHttpJsonOptions(o => o.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower)));
services.AddProblemDetails().AddOpenApi();
services.AddSignalR();
services.AddMudServices();
services.AddRazorComponents().AddInteractiveServerComponents();
services.AddCascadingAuthenticationState();

var app = builder.Build();
await Database.MigrateAsync(app.Services);
app.Services.GetRequiredService<Uploads>().RemoveLeftovers();
await Shipped.RegisterAsync(app.Services);

app.UseExceptionHandler(new ExceptionHandlerOptions { StatusCodeSelector = e => e is BadHttpRequestException bad ? bad.StatusCode : StatusCodes.Status500InternalServerError }); // such as 413 of a body that is too large
app.UseStatusCodePages();
RequestGuard.Use(app);
app.UseRateLimiter();
app.UseAuthentication();
app.UseAuthorization();
app.UseAntiforgery();
app.MapStaticAssets().AllowAnonymous();
AccessSetup.Map(app);
var api = app.MapGroup("/api/v1");
DatasetEndpoints.Map(api);
ModelEndpoints.Map(api);
RunEndpoints.Map(api);
SweepEndpoints.Map(api);
TournamentEndpoints.Map(api);
api.MapFallback(() => Results.NotFound()).ExcludeFromDescription();
app.MapOpenApi("/openapi/{documentName}.json");
app.MapGet("/health", () => "ok").AllowAnonymous().ExcludeFromDescription();
RunServices.Map(app);
app.MapRazorComponents<Root>().AddInteractiveServerRenderMode(o => o.ContentSecurityFrameAncestorsPolicy = null); // RequestGuard has said it

app.Lifetime.ApplicationStarted.Register(() => Console.WriteLine("AsFT is ready at " + string.Join(" and ", app.Urls)));
await app.RunAsync();
return 0;
