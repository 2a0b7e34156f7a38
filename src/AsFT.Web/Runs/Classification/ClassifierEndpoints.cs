using System.Text;
using AsFT.Data;
using AsFT.Experiments.Classification;
using AsFT.Experiments.Datasets;
using AsFT.Experiments.Models;
using AsFT.Web.Datasets;
using AsFT.Web.Shared;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace AsFT.Web.Runs.Classification;

public static class ClassifierEndpoints
{
    public static void Map(RouteGroupBuilder runs)
    {
        runs.MapPost("/{id:guid}/predict", Predict).WithMetadata(new RequestSizeLimitAttribute(300L << 20))
            .WithSummary("Labels from a run's classifier, as CSV: a file with a column text as the body and its name in ?name=").Produces(StatusCodes.Status200OK, contentType: "text/csv").ProducesProblem(StatusCodes.Status400BadRequest);
        runs.MapGet("/{id:guid}/scores.csv", Score).WithSummary("Scores of a run's classifier on the labelled dataset ?dataset=, as CSV").Produces(StatusCodes.Status200OK, contentType: "text/csv").ProducesProblem(StatusCodes.Status400BadRequest);
        runs.MapPost("/{id:guid}/judge", Promote).ProducesProblem(StatusCodes.Status400BadRequest).WithSummary("Make a run's classifier a judge; it is tried on a labelled dataset first");
        runs.MapGet("/{id:guid}/files/classifier.zip", (Guid id, RunFiles files, Predictor predictor, HttpContext context) => RunFileEndpoints.Zip(context, files, predictor.Has(id), id, "classifier")).WithSummary("The trained classifier: encoder, head and tokenizer").Produces(StatusCodes.Status200OK, contentType: "application/zip");
        runs.MapGet("/{id:guid}/files/embeddings.json", Results<PhysicalFileHttpResult, NotFound> (Guid id, AppPaths paths) => Path.GetFullPath(Path.Combine(paths.Run(id), EmbeddingFile.Name)) is var file && File.Exists(file)
            ? TypedResults.PhysicalFile(file, "application/json", $"embeddings-{id:N}.json") : TypedResults.NotFound()).WithSummary("Where the dev texts lie before and after training").Produces(StatusCodes.Status200OK, contentType: "application/json");
    }

    private static async Task<Results<ContentHttpResult, NotFound, ProblemHttpResult>> Score(Guid id, Guid dataset, Predictor predictor, DatasetLibrary library, CancellationToken cancel)
    {
        if (!predictor.Has(id) || await library.FindAsync(dataset) is not { } texts) return TypedResults.NotFound();
        try
        {
            return TypedResults.Text(string.Join('\n', await predictor.ScoreAsync(id, texts, cancel)) + "\n", "text/csv", Encoding.UTF8);
        }
        catch (DatasetException e)
        {
            return TypedResults.Problem(e.Message, statusCode: StatusCodes.Status400BadRequest);
        }
    }

    private static async Task<Results<Ok<Model>, NotFound, ProblemHttpResult>> Promote(Guid id, NewJudge judge, JudgePromotion promotion, Predictor predictor, CancellationToken cancel)
    {
        if (!predictor.Has(id)) return TypedResults.NotFound();
        try
        {
            return TypedResults.Ok(await promotion.PromoteAsync(id, judge, cancel));
        }
        catch (ModelException e)
        {
            return TypedResults.Problem(e.Message, statusCode: StatusCodes.Status400BadRequest);
        }
    }

    /// <summary>Lines leave as they come, so a long file takes no memory. A fault after the first breaks the answer off, so that nobody takes it for whole.</summary>
    private static async Task<Results<EmptyHttpResult, NotFound, ProblemHttpResult>> Predict(Guid id, string name, HttpContext http, Predictor predictor, CancellationToken cancel)
    {
        if (!predictor.Has(id)) return TypedResults.NotFound();
        try
        {
            await foreach (var line in predictor.PredictFileAsync(id, name, http.Request.Body, cancel))
            {
                if (!http.Response.HasStarted) http.Response.ContentType = "text/csv; charset=utf-8";
                await http.Response.WriteAsync(line + "\n", cancel);
            }
        }
        catch (DatasetException e)
        {
            if (!http.Response.HasStarted) return TypedResults.Problem(e.Message, statusCode: StatusCodes.Status400BadRequest);
            http.Abort();
        }
        return TypedResults.Empty;
    }
}
