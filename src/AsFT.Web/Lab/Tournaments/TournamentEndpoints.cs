using System.Text;
using AsFT.Experiments.Specification;
using AsFT.Experiments.Tournaments;
using AsFT.Web.Shared;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace AsFT.Web.Lab.Tournaments;

public static class TournamentEndpoints
{
    private const long LargestArchive = 1L << 30;

    public static void Map(IEndpointRouteBuilder api)
    {
        var tournaments = api.MapGroup("/tournaments").WithTags("Tournaments");
        tournaments.MapGet("/", (TournamentHistory history) => history.ListAsync()).WithSummary("All tournaments, newest first");
        tournaments.MapPost("/", Start).TakesYaml().WithSummary("Start a tournament, written in YAML or JSON");
        tournaments.MapGet("/{id:guid}", Find).WithSummary("State, runs and what they measured at their end");
        tournaments.MapGet("/{id:guid}/result", async Task<Results<Ok<TournamentResult>, NotFound>> (Guid id, TournamentHistory history) =>
            await history.FindAsync(id) is { } t ? TypedResults.Ok(TournamentResult.Of(t.Request, t.Runs)) : TypedResults.NotFound()).WithSummary("Cells, chosen strengths and paired differences, as far as it has come");
        tournaments.MapGet("/{id:guid}/request.yaml", async Task<Results<FileContentHttpResult, NotFound>> (Guid id, TournamentHistory history) => await history.FindAsync(id) is { } t
            ? TypedResults.File(Encoding.UTF8.GetBytes(t.Request.ToYaml()), "application/yaml", $"tournament-{id:N}.yaml") : TypedResults.NotFound()).WithSummary("What was asked for, as one posts it").Produces(StatusCodes.Status200OK, contentType: "application/yaml");
        tournaments.MapPost("/{id:guid}/stop", async (Guid id, TournamentQueue queue, TournamentHistory history) =>
        {
            await queue.StopAsync(id);
            return await Find(id, history);
        }).WithSummary("Stop a tournament and its runs; what they have is kept");
        tournaments.MapPost("/{id:guid}/resume", Resume).ProducesProblem(StatusCodes.Status409Conflict).WithSummary("Go on with a stopped tournament, or with one that lacks runs");
        tournaments.MapDelete("/{id:guid}", Delete).ProducesProblem(StatusCodes.Status409Conflict).WithSummary("Delete a tournament that is over, with its runs");
        tournaments.MapPost("/import", Import).WithMetadata(new RequestSizeLimitAttribute(LargestArchive)).WithSummary("Take over the folder of 'asft lab tournament', as a zip");
    }

    private static async Task<Results<Ok<TournamentView>, NotFound>> Find(Guid id, TournamentHistory history) => await history.FindAsync(id) is { } tournament ? TypedResults.Ok(tournament) : TypedResults.NotFound();

    private static async Task<Results<Ok<TournamentView>, NotFound, ProblemHttpResult, ValidationProblem>> Resume(Guid id, TournamentQueue queue, TournamentHistory history)
    {
        try
        {
            if (!await queue.ResumeAsync(id)) return TypedResults.Problem("Its runs are still stopping; go on with it when they have.", statusCode: StatusCodes.Status409Conflict);
            return await history.FindAsync(id) is { } tournament ? TypedResults.Ok(tournament) : TypedResults.NotFound();
        }
        catch (SpecificationException e)
        {
            return SpecificationBody.Refusal(e, "The tournament cannot go on; each place at fault is named.");
        }
    }

    private static async Task<Results<NoContent, NotFound, ProblemHttpResult>> Delete(Guid id, TournamentQueue queue, TournamentHistory history) =>
        await history.FindAsync(id) is null ? TypedResults.NotFound()
        : await queue.DeleteAsync(id) ? TypedResults.NoContent() : TypedResults.Problem("It still goes on, or a run that waits or trains goes on from one of its runs; stop that first.", statusCode: StatusCodes.Status409Conflict);

    private static Task<Results<Created<TournamentView>, ValidationProblem>> Start(HttpRequest request, TournamentQueue queue, TournamentHistory history) =>
        Answer(history, "The tournament cannot start; each place at fault is named.", async () => await queue.StartAsync(TournamentRequest.Parse(await SpecificationBody.ReadAsync(request))));

    private static Task<Results<Created<TournamentView>, ValidationProblem>> Import(HttpRequest request, TournamentImport import, TournamentHistory history, AppPaths paths) => Answer(history, "The archive cannot be taken over.", async () =>
    {
        await using var file = paths.Temporary();
        await request.Body.CopyToAsync(file);
        file.Position = 0;
        return await import.ImportArchiveAsync(file, again: true);
    });

    private static async Task<Results<Created<TournamentView>, ValidationProblem>> Answer(TournamentHistory history, string refusal, Func<Task<Guid>> make)
    {
        try
        {
            var id = await make();
            return TypedResults.Created($"/api/v1/tournaments/{id}", await history.FindAsync(id));
        }
        catch (SpecificationException e)
        {
            return SpecificationBody.Refusal(e, refusal);
        }
    }
}
