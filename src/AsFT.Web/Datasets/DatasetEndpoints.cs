using AsFT.Data;
using AsFT.Experiments.Datasets;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace AsFT.Web.Datasets;

public sealed record NewUpload(string? Name, long Size);

public static class DatasetEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var datasets = api.MapGroup("/datasets").WithTags("Datasets");
        datasets.MapGet("/", (DatasetLibrary library) => library.ListAsync()).WithSummary("All datasets, newest first");
        datasets.MapPost("/", UploadWhole).WithSummary("Upload a file in one request: its name in ?name=, its bytes as the body").ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status411LengthRequired).WithMetadata(new DisableRequestSizeLimitAttribute());
        datasets.MapGet("/{id:guid}", async Task<Results<Ok<DatasetSummary>, NotFound>> (Guid id, DatasetLibrary library) =>
            await library.FindAsync(id) is { } d ? TypedResults.Ok(library.Folder(d).Summary with { Name = d.Name }) : TypedResults.NotFound()).WithSummary("Counts, columns, labels and which go together, and what speaks against training on them");
        datasets.MapGet("/{id:guid}/rows", async Task<Results<Ok<IReadOnlyList<Row>>, NotFound>> (Guid id, long? first, int? count, DatasetLibrary library) =>
            await library.FindAsync(id) is { } d ? TypedResults.Ok(library.Folder(d).Page(first ?? 0, Math.Clamp(count ?? 50, 1, 500))) : TypedResults.NotFound()).WithSummary("A page of rows");
        datasets.MapGet("/{id:guid}/set-aside", async Task<Results<PhysicalFileHttpResult, NotFound>> (Guid id, DatasetLibrary library) =>
            await library.FindAsync(id) is { } d ? TypedResults.PhysicalFile(Path.GetFullPath(library.Folder(d).SetAsideFile), "application/jsonl", $"{d.Name}-set-aside.jsonl") : TypedResults.NotFound()).WithSummary("The rows that were set aside, with reasons, as JSONL").Produces(StatusCodes.Status200OK, contentType: "application/jsonl");
        datasets.MapDelete("/{id:guid}", async Task<Results<NoContent, NotFound>> (Guid id, DatasetLibrary library) =>
            await library.DeleteAsync(id) ? TypedResults.NoContent() : TypedResults.NotFound()).WithSummary("Forget a dataset");

        var uploads = api.MapGroup("/uploads").WithTags("Uploads");
        uploads.MapPost("/", Results<Ok<UploadStatus>, ProblemHttpResult> (NewUpload upload, Uploads all) => Answer(() => all.Begin(upload.Name, upload.Size))).WithSummary("Begin an upload in pieces").ProducesProblem(StatusCodes.Status400BadRequest);
        uploads.MapGet("/{id:guid}", Results<Ok<UploadStatus>, NotFound> (Guid id, Uploads all) => all.Find(id) is { } s ? TypedResults.Ok(s) : TypedResults.NotFound()).WithSummary("How far an upload is");
        uploads.MapPut("/{id:guid}", async Task<Results<Ok<UploadStatus>, NotFound>> (Guid id, long offset, HttpRequest request, Uploads all, CancellationToken cancel) =>
            await all.AppendAsync(id, offset, request.Body, cancel) is { } s ? TypedResults.Ok(s) : TypedResults.NotFound()).WithSummary("Send the piece that begins at ?offset=");
    }

    private static async Task<Results<Ok<UploadStatus>, ProblemHttpResult>> UploadWhole(string name, HttpRequest request, Uploads all, CancellationToken cancel)
    {
        if (request.ContentLength is not { } size) return TypedResults.Problem("Send a Content-Length.", statusCode: StatusCodes.Status411LengthRequired);
        try
        {
            var status = await all.WholeAsync(name, size, request.Body, cancel);
            return status.State == UploadState.Done ? TypedResults.Ok(status) : TypedResults.Problem(status.Problem, statusCode: StatusCodes.Status400BadRequest);
        }
        catch (DatasetException e)
        {
            return TypedResults.Problem(e.Message, statusCode: StatusCodes.Status400BadRequest);
        }
    }

    private static Results<Ok<UploadStatus>, ProblemHttpResult> Answer(Func<UploadStatus> begin)
    {
        try
        {
            return TypedResults.Ok(begin());
        }
        catch (DatasetException e)
        {
            return TypedResults.Problem(e.Message, statusCode: StatusCodes.Status400BadRequest);
        }
    }
}
