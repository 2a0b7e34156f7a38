using System.Globalization;
using AsFT.Bench.Classification;
using AsFT.Experiments.Search;
using AsFT.Experiments.Specification;
using AsFT.Experiments.Statistics;

// Every loss on SemEval-2018 E-c: α and τ searched on dev with as many runs for each, then five seeds, tested once.
if (args.Length < 2)
{
    Console.Error.WriteLine("usage: DATA OUT [ENCODER]: DATA holds 2018-E-c-En-train.txt, -dev.txt and -test-gold.txt; OUT keeps the runs and the table; ENCODER is a BERT directory (without it a small one is made anew)");
    return 2;
}
const int points = 4, seeds = 5, searchSeed = 42, jobs = 2;
var (data, output, encoder) = (args[0], args[1], args.ElementAtOrDefault(2));
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

string Data(string name) => Path.Combine(data, $"2018-E-c-En-{name}.txt");
var basis = TaskGroups.Defaults(RunTask.Classification) with
{
    Data = new() { Train = [Data("train")], MaxLength = 64, Batching = BatchingKind.Similar },
    Classifier = new() { Layers = 2, Width = 64, Vocabulary = 6000 },
    Optimiser = new() { LearningRate = 1e-3, ClipNorm = 1 },
    Scoring = new() { Dev = Data("dev"), Embeddings = false },
    Training = new() { Epochs = 6, BatchSize = 32, CheckpointEvery = 1_000_000, Seed = searchSeed },
};
if (encoder is not null) basis = TaskGroups.Defaults(RunTask.Classification) with { Data = new() { Train = [Data("train")], MaxLength = 128 }, Classifier = new() { Encoder = encoder }, Scoring = basis.Scoring }; // the paper's setting

RunSpecification Of(Variant v) => basis with { Loss = new() { Kind = v.Kind, Form = v.Form } };
async Task RunAllAsync(IEnumerable<RecordedRun> trials) =>
    await Parallel.ForEachAsync(trials, new ParallelOptions { MaxDegreeOfParallelism = jobs }, async (t, _) => await t.RunAsync(Math.Max(1, Environment.ProcessorCount / jobs)));

var searched = Variant.All.ToDictionary(v => v, v => v.Space.Search.Count == 0 ? [] : Enumerable.Range(0, points)
    .Select(p => new RecordedRun(Path.Combine(output, "search", $"{v.FileName}-{p}"), SearchSpace.Apply(Of(v), RandomSearch.Point(v.Space, searchSeed, p)))).ToList());
await RunAllAsync(searched.Values.SelectMany(t => t));

var finals = new Dictionary<Variant, List<RecordedRun>>();
foreach (var (variant, trials) in searched)
{
    var best = trials.Count == 0 ? Of(variant) : trials.Where(t => t.Cause is null).MaxBy(t => t.BestOnDev)?.Specification;
    if (best is null) continue; // no number at any point
    finals[variant] = [.. Enumerable.Range(1, seeds).Select(s => new RecordedRun(Path.Combine(output, "final", $"{variant.FileName}-seed-{s}"),
        best with { Scoring = best.Scoring with { Test = Data("test-gold") }, Training = best.Training with { Seed = s } }))];
}
await RunAllAsync(finals.Values.SelectMany(t => t));

if (finals.SelectMany(f => f.Value).FirstOrDefault(t => t.Cause is not null) is { } failed)
{
    Console.Error.WriteLine($"{failed.Directory}: {failed.Cause}; the table needs all of them");
    return 1;
}
var lines = new List<string> { "| Loss | α | τ | macro F1 | micro F1 | Jaccard | macro F1 less BCE's | micro F1 less BCE's | Jaccard less BCE's |", "|---|---|---|---|---|---|---|---|---|" };
double[] Scores(Variant v, string score) => [.. finals[v].Select(t => t.OnTest(score))];
string Mean(Variant v, string score) => MeanEstimate.Of(Scores(v, score)) is var m ? $"{100 * m.Mean:0.0} ± {100 * m.HalfWidth:0.0}" : "";
var baseline = Variant.All[0];
string Less(Variant v, string score) => v == baseline ? "—" : MeanEstimate.OfDifference(Scores(v, score), Scores(baseline, score)) is var d ? $"{Math.Round(100 * d.Mean, 1):+0.0;-0.0;0.0} ± {100 * d.HalfWidth:0.0}" : "";
foreach (var v in Variant.All)
{
    if (!finals.TryGetValue(v, out var runs))
    {
        lines.Add($"| {v.Name} | — | — | no number: {searched[v].Select(t => t.Cause).First()} | | | | | |");
        continue;
    }
    var loss = runs[0].Specification.Loss;
    lines.Add($"| {v.Name} | {(v == baseline ? "—" : loss.Alpha.ToString("0.#e+0"))} | {(v.Kind.IsContrastive() ? loss.Temperature.ToString("0.00") : "—")} | {Mean(v, "f1_macro")} | {Mean(v, "f1_micro")} | {Mean(v, "jaccard")} | {Less(v, "f1_macro")} | {Less(v, "f1_micro")} | {Less(v, "jaccard")} |");
}
await File.WriteAllLinesAsync(Path.Combine(output, "table.md"), lines);
foreach (var line in lines) Console.WriteLine(line);
return 0;
