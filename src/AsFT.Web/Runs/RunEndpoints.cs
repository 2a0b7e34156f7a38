using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using AsFT.Data;
using AsFT.Experiments.Basin;
using AsFT.Experiments.Events;
using AsFT.Experiments.Specification;
using AsFT.Web.Runs.Classification;
using AsFT.Web.Runs.Setup;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AsFT.Web.Runs;

public static class RunEndpoints
{
    private const int LongestSpecification = 1 << 20;

    public static void Map(IEndpointRouteBuilder api)
    {
        var runs = api.MapGroup("/runs").WithTags("Runs");
        runs.MapGet("/", (RunHistory history) => history.ListAsync()).WithSummary("All runs, newest first");
        runs.MapPost("/", Submit).Accepts<RunSpecification>("application/yaml", "application/x-yaml", "text/yaml", "text/plain", "application/json").WithSummary("Queue a run from its specification in YAML or JSON");
        runs.MapPost("/estimate", Estimate).Accepts<RunSpecification>("application/yaml", "application/x-yaml", "text/yaml", "text/plain", "application/json").ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .WithSummary("Make a few steps of a run from its specification, and tell what all of it would take here in time and memory; nothing is queued or kept");
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
        runs.MapPost("/{id:guid}/resume", (Guid id, RunQueue queue, RunHistory history) => Act(id, queue.ResumeAsync, history)).WithSummary("Queue a run that is over, to go on from its last checkpoint");
        runs.MapPost("/{id:guid}/repeat", async Task<Results<Created<RunView>, ValidationProblem, NotFound>> (Guid id, RunQueue queue, RunHistory history) =>
            await SubmitAsync(() => queue.RepeatAsync(id), history)).WithSummary("Queue the same specification once more, as a repeat of this run");
        runs.MapDelete("/{id:guid}", async Task<Results<NoContent, ProblemHttpResult>> (Guid id, RunQueue queue) => await queue.DeleteAsync(id) ? TypedResults.NoContent()
            : TypedResults.Problem("The run is not there, or not over yet, or one that waits or trains goes on from it; stop that first.", statusCode: StatusCodes.Status409Conflict)).WithSummary("Remove a run that is over, with its files");
        MapFiles(runs);
        ClassifierEndpoints.Map(runs);
    }

    private static void MapFiles(RouteGroupBuilder runs)
    {
        runs.MapGet("/{id:guid}/files/adapter.zip", (Guid id, RunFiles files, HttpContext context) => Zip(context, files, files.HasAdapter(id), id, "adapter")).WithSummary("The adapter in PEFT's format").Produces(StatusCodes.Status200OK, contentType: "application/zip");
        runs.MapGet("/{id:guid}/files/best.zip", (Guid id, RunFiles files, HttpContext context) => Zip(context, files, files.HasBest(id), id, "best")).WithSummary("The adapter of the best evaluation, or all weights where all were trained").Produces(StatusCodes.Status200OK, contentType: "application/zip");
        runs.MapGet("/{id:guid}/files/model.zip", (Guid id, RunFiles files, HttpContext context) => Zip(context, files, files.HasWholeModel(id), id, "model")).WithSummary("The whole model, where more than an adapter was changed").Produces(StatusCodes.Status200OK, contentType: "application/zip");
        runs.MapGet("/{id:guid}/files/snapshots.zip", (Guid id, RunFiles files, HttpContext context) => Zip(context, files, files.HasSnapshots(id), id, "snapshots")).WithSummary("The adapter at every evaluation").Produces(StatusCodes.Status200OK, contentType: "application/zip");
        runs.MapGet("/{id:guid}/files/answers.zip", (Guid id, RunFiles files, HttpContext context) => Zip(context, files, files.HasAnswers(id), id, "answers")).WithSummary("Every judged answer").Produces(StatusCodes.Status200OK, contentType: "application/zip");
        runs.MapGet("/{id:guid}/files/basin.json", Results<FileStreamHttpResult, NotFound> (Guid id, RunFiles files) => files.HasBasin(id)
            ? TypedResults.Stream(files.Open(id, BasinReport.JsonName), "application/json", $"basin-{id:N}.json") : TypedResults.NotFound()).WithSummary("A basin's points, lengths, angles and spectra").Produces(StatusCodes.Status200OK, contentType: "application/json");
        runs.MapGet("/{id:guid}/files/basin.csv", Results<FileStreamHttpResult, NotFound> (Guid id, RunFiles files) => files.HasBasin(id)
            ? TypedResults.Stream(files.Open(id, BasinReport.CsvName), "text/csv", $"basin-{id:N}.csv") : TypedResults.NotFound()).WithSummary("A basin's points, one line each").Produces(StatusCodes.Status200OK, contentType: "text/csv");
        runs.MapGet("/{id:guid}/files/events.jsonl", Results<FileStreamHttpResult, NotFound> (Guid id, RunFiles files) => File.Exists(files.EventsFile(id))
            ? TypedResults.Stream(new FileStream(files.EventsFile(id), FileMode.Open, FileAccess.Read, FileShare.ReadWrite), "application/jsonl", $"events-{id:N}.jsonl") : TypedResults.NotFound()).WithSummary("The run's events").Produces(StatusCodes.Status200OK, contentType: "application/jsonl");
        runs.MapGet("/{id:guid}/files/spec.yaml", async Task<Results<FileContentHttpResult, NotFound>> (Guid id, RunHistory history) => await history.FindAsync(id) is { } run
            ? TypedResults.File(System.Text.Encoding.UTF8.GetBytes(RunFiles.Yaml(run)), "application/yaml", $"spec-{id:N}.yaml") : TypedResults.NotFound()).WithSummary("The resolved specification").Produces(StatusCodes.Status200OK, contentType: "application/yaml");
    }

    internal static Results<PushStreamHttpResult, NotFound> Zip(HttpContext context, RunFiles files, bool isThere, Guid id, string folder)
    {
        if (!isThere) return TypedResults.NotFound();
        context.Features.GetRequiredFeature<IHttpBodyControlFeature>().AllowSynchronousIO = true; // an archive writes the end of each entry so
        return TypedResults.Stream(to => files.ZipAsync(id, folder, to, context.RequestAborted), "application/zip", $"{folder}-{id:N}.zip");
    }

    private static Task<Results<Created<RunView>, ValidationProblem, NotFound>> Submit(HttpRequest request, RunQueue queue, RunHistory history) => SubmitAsync(async () => await queue.SubmitAsync(await ReadAsync(request)), history);

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
            return TypedResults.Ok(await trial.MeasureAsync(SpecificationText.Read(await ReadAsync(request), faults), faults, null, cancel));
        }
        catch (SpecificationException e)
        {
            return Refusal(e);
        }
        catch (TrialException e)
        {
            return TypedResults.Problem(e.Message, statusCode: StatusCodes.Status422UnprocessableEntity);
        }
    }

    private static async Task<string> ReadAsync(HttpRequest request)
    {
        if (request.ContentLength > LongestSpecification) throw new SpecificationException([new("", $"has {request.ContentLength} bytes; at most {LongestSpecification} are read")]);
        using var reader = new StreamReader(request.Body);
        return await reader.ReadToEndAsync();
    }

    private static ValidationProblem Refusal(SpecificationException e) =>
        TypedResults.ValidationProblem(e.Faults.GroupBy(f => f.Path).ToDictionary(g => g.Key, g => g.Select(f => f.Problem).ToArray()), "The specification cannot run; each setting at fault is named by its path.");

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
