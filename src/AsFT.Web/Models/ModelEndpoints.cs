using AsFT.Data;
using AsFT.Experiments.Models;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AsFT.Web.Models;

public sealed record NewModel(string? Directory, string? Name);

public sealed record ModelPartner(Guid? BaseId);

public static class ModelEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var models = api.MapGroup("/models").WithTags("Models");
        models.MapGet("/", (ModelRegistry registry) => registry.ListAsync()).WithSummary("Registered models");
        models.MapGet("/candidates", (ModelRegistry registry) => registry.CandidatesAsync()).WithSummary("Directories below the roots that could be registered, with what is wrong where they cannot");
        models.MapPost("/", (NewModel model, ModelRegistry registry, CancellationToken cancel) => Answer(async () => TypedResults.Ok(await registry.RegisterAsync(model.Directory ?? "", model.Name ?? "", cancel)))).ProducesProblem(StatusCodes.Status400BadRequest).WithSummary("Register a directory below one of the roots");
        models.MapPut("/{id:guid}/base", (Guid id, ModelPartner partner, ModelRegistry registry) => Answer(async () =>
        {
            if (await registry.FindAsync(id) is null) return TypedResults.NotFound();
            await registry.SetBaseAsync(id, partner.BaseId);
            return await registry.FindAsync(id) is { } model ? TypedResults.Ok(model) : TypedResults.NotFound();
        })).ProducesProblem(StatusCodes.Status400BadRequest).WithSummary("Name the unaligned partner of a model");
        models.MapDelete("/{id:guid}", async Task<Results<NoContent, NotFound>> (Guid id, ModelRegistry registry) =>
            await registry.RemoveAsync(id) ? TypedResults.NoContent() : TypedResults.NotFound()).WithSummary("Forget a model; its files stay, but for a judge's, which are deleted");
    }

    private static async Task<Results<Ok<Model>, NotFound, ProblemHttpResult>> Answer(Func<Task<Results<Ok<Model>, NotFound>>> act)
    {
        try
        {
            return (await act()).Result is Ok<Model> model ? model : TypedResults.NotFound();
        }
        catch (Exception e) when (e is ModelException or IOException or UnauthorizedAccessException)
        {
            return TypedResults.Problem(e.Message, statusCode: StatusCodes.Status400BadRequest);
        }
    }
}
