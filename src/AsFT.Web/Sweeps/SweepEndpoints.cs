using AsFT.Experiments.Search;
using AsFT.Experiments.Specification;
using AsFT.Web.Shared;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AsFT.Web.Sweeps;

public static class SweepEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var sweeps = api.MapGroup("/sweeps").WithTags("Sweeps");
        sweeps.MapGet("/", (SweepHistory history) => history.ListAsync()).WithSummary("All sweeps, newest first");
        sweeps.MapPost("/", Start).TakesYaml().WithSummary("Start a search over settings: specification, search and options in YAML or JSON");
        sweeps.MapGet("/{id:guid}", async Task<Results<Ok<SweepView>, NotFound>> (Guid id, SweepHistory history) =>
            await history.FindAsync(id) is { } sweep ? TypedResults.Ok(sweep) : TypedResults.NotFound()).WithSummary("State, points with their runs and scores, and the best of them");
        sweeps.MapPost("/{id:guid}/stop", async Task<Results<Ok<SweepView>, NotFound>> (Guid id, SweepQueue queue, SweepHistory history) =>
        {
            await queue.StopAsync(id);
            return await history.FindAsync(id) is { } sweep ? TypedResults.Ok(sweep) : TypedResults.NotFound();
        }).WithSummary("Stop a sweep and its runs; what they have is kept");
        sweeps.MapPost("/{id:guid}/resume", Resume).ProducesProblem(StatusCodes.Status409Conflict).WithSummary("Go on with a stopped sweep, or with one that lacks runs");
        sweeps.MapDelete("/{id:guid}", async Task<Results<NoContent, NotFound, ProblemHttpResult>> (Guid id, SweepQueue queue, SweepHistory history) =>
            await queue.DeleteAsync(id) ? TypedResults.NoContent()
            : await history.FindAsync(id) is null ? TypedResults.NotFound() : TypedResults.Problem("It goes on, or runs of it do, or a run that waits or trains goes on from one of them; stop that first.", statusCode: StatusCodes.Status409Conflict)).ProducesProblem(StatusCodes.Status409Conflict).WithSummary("Remove a sweep that is over, with its runs");
    }

    private static async Task<Results<Ok<SweepView>, NotFound, ProblemHttpResult>> Resume(Guid id, SweepQueue queue, SweepHistory history) =>
        !await queue.ResumeAsync(id) ? TypedResults.Problem("Its runs are still stopping; go on with it when they have.", statusCode: StatusCodes.Status409Conflict)
        : await history.FindAsync(id) is { } sweep ? TypedResults.Ok(sweep) : TypedResults.NotFound();

    private static async Task<Results<Created<SweepView>, ValidationProblem>> Start(HttpRequest request, SweepQueue queue, SweepHistory history)
    {
        try
        {
            var id = await queue.StartAsync(SweepRequest.Parse(await SpecificationBody.ReadAsync(request)));
            return TypedResults.Created($"/api/v1/sweeps/{id}", await history.FindAsync(id));
        }
        catch (SpecificationException e)
        {
            return SpecificationBody.Refusal(e, "The search cannot start; each setting at fault is named by its path.");
        }
    }
}
