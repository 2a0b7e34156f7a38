using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using AsFT.Data;
using AsFT.Experiments.Events;
using AsFT.Experiments.Models;
using AsFT.Experiments.Specification;
using AsFT.Web.Runs.Classification;
using AsFT.Web.Runs.Setup;
using AsFT.Web.Shared;
using AsFT.Web.Sweeps;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AsFT.Web.Runs;

/// <summary>A specification as it would be queued, and what it would take.</summary>
public sealed record CheckedRun(JsonNode Specification, Expectation? Expectation);

public static class RunEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var runs = api.MapGroup("/runs").WithTags("Runs");
        runs.MapGet("/", (RunHistory history) => history.ListAsync()).WithSummary("All runs, newest first");
        runs.MapPost("/", Submit).TakesYaml().WithSummary("Queue a run from its specification in YAML or JSON");
        runs.MapPost("/estimate", Estimate).TakesYaml().ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .WithSummary("Make a few steps of a run from its specification, and tell what all of it would take here in time and memory; nothing is queued or kept");
        runs.MapPost("/check", Check).TakesYaml().ProducesProblem(StatusCodes.Status422UnprocessableEntity).WithSummary("What a run's specification stands for, every name resolved, and what the run would take as far as it can be counted without a step; nothing is queued");
        runs.MapGet("/{id:guid}", async Task<Results<Ok<RunView>, NotFound>> (Guid id, RunHistory history) =>
            await history.FindAsync(id) is { } run ? TypedResults.Ok(run) : TypedResults.NotFound()).WithSummary("State, progress and resolved specification");
        runs.MapGet("/{id:guid}/metrics", async Task<Results<Ok<IReadOnlyList<Series>>, NotFound>> (Guid id, RunHistory history) =>
            await history.FindAsync(id) is null ? TypedResults.NotFound() : TypedResults.Ok(await history.SeriesAsync(id))).WithSummary("All curves as JSON");
        runs.MapGet("/{id:guid}/metrics.csv", async Task<Results<ContentHttpResult, NotFound>> (Guid id, RunHistory history, RunFiles files) =>
            await history.FindAsync(id) is null ? TypedResults.NotFound() : TypedResults.Text(await files.CsvAsync(id), "text/csv")).WithSummary("All curves as CSV, one line a step");
        runs.MapGet("/{id:guid}/summary", async Task<Results<Ok<IReadOnlyDictionary<string, SeriesSummary>>, NotFound>> (Guid id, RunHistory history) => await history.FindAsync(id) is null ? TypedResults.NotFound()
            : TypedResults.Ok((await history.SummariesAsync([id], labels: true)).GetValueOrDefault(id) ?? new Dictionary<string, SeriesSummary>())).WithSummary("Last, lowest and highest value of each series, from the first step on");
        runs.MapGet("/{id:guid}/events", async Task<Results<ServerSentEventsResult<string>, NotFound>> (Guid id, long? after, HttpRequest request, RunHistory history, RunFiles files, CancellationToken cancel) =>
            await history.FindAsync(id) is null ? TypedResults.NotFound() : TypedResults.ServerSentEvents(Lines(files.FollowAsync(id, after ?? LastSeen(request), cancel), cancel))).WithSummary("The run's events as a stream (server-sent events), those after number ?after= first");
        runs.MapPost("/{id:guid}/stop", (Guid id, RunQueue queue, RunHistory history) => Act(id, queue.StopAsync, history)).WithSummary("Stop a run; what it has is kept");
        runs.MapPost("/{id:guid}/resume", Resume).ProducesProblem(StatusCodes.Status409Conflict).WithSummary("Queue a run that was stopped or broke off, to go on from its last checkpoint");
        runs.MapPost("/{id:guid}/repeat", async Task<Results<Created<RunView>, ValidationProblem, NotFound>> (Guid id, RunQueue queue, RunHistory history) =>
            await SubmitAsync(() => queue.RepeatAsync(id), history)).WithSummary("Queue the same specification once more, as a repeat of this run");
        runs.MapPut("/{id:guid}/description", Describe).WithSummary("Give a run another name, other tags or notes; what is left out stays");
        runs.MapDelete("/{id:guid}", async Task<Results<NoContent, NotFound, ProblemHttpResult>> (Guid id, RunQueue queue, RunHistory history) => await queue.DeleteAsync(id) ? TypedResults.NoContent()
            : await history.FindAsync(id) is null ? TypedResults.NotFound()
            : TypedResults.Problem("The run is not over yet, or one that waits or trains goes on from it; stop that first.", statusCode: StatusCodes.Status409Conflict)).ProducesProblem(StatusCodes.Status409Conflict).WithSummary("Remove a run that is over, with its files");
        runs.MapGet("/{id:guid}/attack.yaml", Attack).ProducesProblem(StatusCodes.Status409Conflict).Produces(StatusCodes.Status200OK, contentType: "application/yaml").WithSummary("A search that attacks what the run left, to be posted to /sweeps as it is or changed");
        api.MapGet("/presets", () => Presets.All.Select(p => new { p.Id, p.Name, p.Explanation, Specification = JsonNode.Parse(SpecificationText.ToJson(p.Settings)) })).WithTags("Runs").WithSummary("Named specifications to begin with");
        RunFileEndpoints.Map(runs);
        ClassifierEndpoints.Map(runs);
    }

    private static Task<Results<Created<RunView>, ValidationProblem, NotFound>> Submit(HttpRequest request, RunQueue queue, RunHistory history) => SubmitAsync(async () => await queue.SubmitAsync(await SpecificationBody.ReadAsync(request)), history);

    private static async Task<Results<Created<RunView>, ValidationProblem, NotFound>> SubmitAsync(Func<Task<Run?>> submit, RunHistory history)
    {
        try
        {
            if (await submit() is not { } run) return TypedResults.NotFound();
            return TypedResults.Created($"/api/v1/runs/{run.Id}", await history.FindAsync(run.Id));
        }
        catch (SpecificationException e)
        {
            return Refusal(e);
        }
    }

    private static async Task<Results<Ok<TriedRun>, ValidationProblem, ProblemHttpResult>> Estimate(HttpRequest request, RunTrial trial, CancellationToken cancel)
    {
        try
        {
            var faults = new List<Fault>();
            return TypedResults.Ok(await trial.MeasureAsync(SpecificationText.Read(await SpecificationBody.ReadAsync(request), faults), faults, null, cancel));
        }
        catch (SpecificationException e)
        {
            return Refusal(e);
        }
        catch (Exception e) when (e is TrialException or IOException or UnauthorizedAccessException)
        {
            return TypedResults.Problem(e.Message, statusCode: StatusCodes.Status422UnprocessableEntity);
        }
    }

    private static async Task<Results<Ok<CheckedRun>, ValidationProblem, ProblemHttpResult>> Check(HttpRequest request, RunResolver resolver, RunEstimator estimator)
    {
        try
        {
            var faults = new List<Fault>();
            var resolved = await resolver.ResolveAsync(SpecificationText.Read(await SpecificationBody.ReadAsync(request), faults), faults);
            return TypedResults.Ok(new CheckedRun(JsonNode.Parse(SpecificationText.ToJson(resolved))!, await estimator.EstimateAsync(resolved)));
        }
        catch (SpecificationException e)
        {
            return Refusal(e);
        }
        catch (Exception e) when (e is ModelException or IOException or UnauthorizedAccessException)
        {
            return TypedResults.Problem(e.Message, statusCode: StatusCodes.Status422UnprocessableEntity);
        }
    }

    private static ValidationProblem Refusal(SpecificationException e) => SpecificationBody.Refusal(e, "The specification cannot run; each setting at fault is named by its path.");

    private static async Task<Results<Ok<RunView>, NotFound, ValidationProblem>> Describe(Guid id, RunDescription description, RunHistory history)
    {
        try
        {
            await history.DescribeAsync(id, description);
            return await history.FindAsync(id) is { } run ? TypedResults.Ok(run) : TypedResults.NotFound();
        }
        catch (SpecificationException e)
        {
            return SpecificationBody.Refusal(e, "The run keeps its description; each part at fault is named.");
        }
    }

    private static async Task<Results<FileContentHttpResult, NotFound, ProblemHttpResult>> Attack(Guid id, RunHistory history)
    {
        if (await history.FindAsync(id) is not { } run) return TypedResults.NotFound();
        if (!AttackStart.Fits(run)) return TypedResults.Problem("Only a completed fine-tuning can be attacked, and not one with BEA, whose trigger only its own evaluation sets.", statusCode: StatusCodes.Status409Conflict);
        if (!AttackStart.IsMeasured(run)) return TypedResults.Problem("The run's evaluation asks nothing, so that it could not be seen where it breaks; repeat it with evaluation.harmful_prompts first.", statusCode: StatusCodes.Status409Conflict);
        return TypedResults.File(Encoding.UTF8.GetBytes(AttackStart.Yaml(run)), "application/yaml", $"attack-{id:N}.yaml");
    }

    private static async Task<Results<Ok<RunView>, NotFound, ProblemHttpResult>> Resume(Guid id, RunQueue queue, RunHistory history)
    {
        var queued = await queue.ResumeAsync(id);
        return await history.FindAsync(id) is not { } run ? TypedResults.NotFound()
            : queued ? TypedResults.Ok(run) : TypedResults.Problem($"The run is {run.State.ToString().ToLowerInvariant()}; only one that was stopped, crashed, failed or diverged goes on.", statusCode: StatusCodes.Status409Conflict);
    }

    private static async Task<Results<Ok<RunView>, NotFound>> Act(Guid id, Func<Guid, Task> act, RunHistory history)
    {
        await act(id);
        return await history.FindAsync(id) is { } run ? TypedResults.Ok(run) : TypedResults.NotFound();
    }

    /// <summary>A client that lost its connection says which event it saw last.</summary>
    private static long LastSeen(HttpRequest request) => long.TryParse(request.Headers["Last-Event-ID"], System.Globalization.CultureInfo.InvariantCulture, out var id) ? id : 0;

    private static async IAsyncEnumerable<SseItem<string>> Lines(IAsyncEnumerable<RunEvent> events, [EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (var e in events.WithCancellation(cancel)) yield return new(e.ToLine(), e.GetType().Name.ToLowerInvariant()) { EventId = e.Seq.ToString(System.Globalization.CultureInfo.InvariantCulture) };
    }
}
