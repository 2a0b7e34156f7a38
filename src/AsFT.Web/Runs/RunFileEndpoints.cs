using System.Text;
using AsFT.Experiments.Basin;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AsFT.Web.Runs;

/// <summary>What a run left, to take away.</summary>
public static class RunFileEndpoints
{
    public static void Map(RouteGroupBuilder runs)
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
            ? TypedResults.File(Encoding.UTF8.GetBytes(RunFiles.Yaml(run)), "application/yaml", $"spec-{id:N}.yaml") : TypedResults.NotFound()).WithSummary("The resolved specification").Produces(StatusCodes.Status200OK, contentType: "application/yaml");
    }

    internal static Results<PushStreamHttpResult, NotFound> Zip(HttpContext context, RunFiles files, bool isThere, Guid id, string folder)
    {
        if (!isThere) return TypedResults.NotFound();
        context.Features.GetRequiredFeature<IHttpBodyControlFeature>().AllowSynchronousIO = true; // an archive writes the end of each entry so
        return TypedResults.Stream(to => files.ZipAsync(id, folder, to, context.RequestAborted), "application/zip", $"{folder}-{id:N}.zip");
    }
}
