using System.CommandLine;
using AsFT.Experiments.Classification;
using AsFT.Trainer;
using AsFT.Trainer.Classifiers;
using AsFT.Trainer.Lab;
using AsFT.Trainer.Sweeps;

var specification = new Argument<FileInfo?>("SPEC") { Arity = ArgumentArity.ZeroOrOne, Description = "the run's specification, YAML or JSON" };
var output = new Option<DirectoryInfo?>("--out") { Description = "the run's directory; made if missing" };
var resume = new Option<DirectoryInfo?>("--resume") { Description = "go on with a run from its last checkpoint" };
var datasets = new Option<DirectoryInfo?>("--datasets") { Description = "where datasets named sha256:… are stored" };
var models = new Option<string[]>("--model") { Description = "NAME=DIRECTORY: what a model's name in the specification stands for", AllowMultipleArgumentsPerToken = false };
var privateEndpoints = new Option<bool>("--allow-private-endpoints") { Description = "let judges be asked at addresses on this machine or in a private network" };
var directions = new Option<DirectoryInfo?>("--directions") { Description = "where alignment directions of models named sha256:… are kept between runs" };
var runs = new Option<DirectoryInfo?>("--runs") { Description = "where the folders of runs named by their id are stored" };
var supervised = new Option<bool>("--supervised") { Description = "lead an own process group and stop when standard input closes" };
var run = new Command("run", "Fine-tune, train a classifier or measure a basin by a specification. Events go to DIR/events.jsonl and standard output. A judge's key stands in the environment as ASFT_SECRET_NAME, and the one host it may be sent to as ASFT_SECRET_NAME_HOST. Exit: 0 done, 1 failed, 2 bad specification, 3 stopped.")
{
    specification, output, resume, datasets, models, supervised, privateEndpoints, directions, runs,
};
run.SetAction(parsed => RunCommand.Execute(parsed.GetValue(specification), parsed.GetValue(output), parsed.GetValue(resume),
    new Sources(parsed.GetValue(datasets)?.FullName, parsed.GetValue(models) ?? [], parsed.GetValue(privateEndpoints), parsed.GetValue(directions)?.FullName, parsed.GetValue(runs)?.FullName), parsed.GetValue(supervised)));

var timed = new Argument<FileInfo>("SPEC") { Description = "the run's specification, YAML or JSON" };
var scratch = new Option<DirectoryInfo?>("--scratch") { Description = "where files lie while it measures; the system's folder for such files if missing" };
var time = new Command("time", "Try a few steps and an evaluation of a run, and print as JSON how long all of it will take here and how much memory. Nothing is kept but an alignment direction in --directions. Exit: 0 done, 1 failed, 2 bad specification, 3 stopped.")
{
    timed, datasets, models, supervised, privateEndpoints, directions, runs, scratch,
};
time.SetAction(parsed => new TimeCommand(parsed.GetValue(timed)!,
    new Sources(parsed.GetValue(datasets)?.FullName, parsed.GetValue(models) ?? [], parsed.GetValue(privateEndpoints), parsed.GetValue(directions)?.FullName, parsed.GetValue(runs)?.FullName), parsed.GetValue(scratch), parsed.GetValue(supervised)).Execute());

var model = new Argument<DirectoryInfo>("MODELDIR") { Description = "a Hugging Face model directory" };
var inspect = new Command("inspect", "Show what a model directory holds, without loading a weight.") { model };
inspect.SetAction(parsed => InspectCommand.Execute(parsed.GetValue(model)!));

var adapter = new Argument<DirectoryInfo>("ADAPTERDIR") { Description = "an adapter in PEFT's format, such as the folder adapter of a run" };
var mergeModel = new Option<DirectoryInfo>("--model") { Description = "the Hugging Face directory of the model it belongs to", Required = true };
var mergeOut = new Option<DirectoryInfo>("--out") { Description = "where the merged model is written", Required = true };
var merge = new Command("merge", "Work an adapter into the weights of its model, as a Hugging Face directory in float32.") { adapter, mergeModel, mergeOut };
merge.SetAction(parsed => MergeCommand.Execute(parsed.GetValue(adapter)!, parsed.GetValue(mergeModel)!, parsed.GetValue(mergeOut)!));

var classifier = new Argument<DirectoryInfo>("CLASSIFIERDIR") { Description = "a trained classifier, such as the folder classifier of a run" };
var texts = new Argument<FileInfo>("FILE") { Description = "texts: CSV, TSV, JSON, JSONL or Parquet with a column text" };
var predict = new Command("predict", "Give labels to texts. Prints CSV: the text, its labels, and a probability for each label.") { classifier, texts };
predict.SetAction(parsed => PredictCommand.Execute(parsed.GetValue(classifier)!.FullName, parsed.GetValue(texts)!.FullName, Console.Out));

var scored = new Argument<DirectoryInfo>("CLASSIFIERDIR") { Description = "a trained classifier, such as the folder classifier of a run" };
var known = new Argument<string>("TEXTS") { Description = "texts whose labels are known: a file, or with --datasets name@sha256:…" };
var evaluate = new Command("evaluate", "Score a trained classifier on texts whose labels are known. Prints CSV: a line a label, then the scores over all.") { scored, known, datasets };
evaluate.SetAction(parsed => new EvaluateCommand(parsed.GetValue(scored)!.FullName, parsed.GetValue(known)!, new Sources(parsed.GetValue(datasets)?.FullName, [])).Execute());

var promoted = new Argument<DirectoryInfo>("CLASSIFIERDIR") { Description = "a trained classifier, such as the folder classifier of a run" };
var harm = new Option<string[]>("--harm") { Description = "a label that is harm; give it once for each", Required = true };
var threshold = new Option<double>("--threshold") { Description = "an answer is harmful if one of them is more probable than this", DefaultValueFactory = _ => 0.5 };
var questions = new Option<bool>("--with-question") { Description = "let it read the question too; otherwise the answer alone" };
var validate = new Option<string>("--validate") { Description = "texts of which the labels are known: a file, or with --datasets name@sha256:…", Required = true };
var judgeOut = new Option<DirectoryInfo>("--out") { Description = "where the judge is written", Required = true };
var promote = new Command("promote", "Make a trained classifier a judge of answers, and count on labelled texts how often it is right.") { promoted, harm, threshold, questions, validate, datasets, judgeOut };
promote.SetAction(parsed => new PromoteCommand(parsed.GetValue(promoted)!.FullName, parsed.GetValue(harm) ?? [], parsed.GetValue(threshold), parsed.GetValue(questions) ? JudgeReads.QuestionAndAnswer : JudgeReads.Answer,
    parsed.GetValue(validate)!, parsed.GetValue(judgeOut)!.FullName, new Sources(parsed.GetValue(datasets)?.FullName, [])).Execute());

var lab = new Argument<DirectoryInfo>("DIR") { Description = "where models/ and datasets/ are written" };
var worlds = new Option<string[]>("--world") { Description = "v0: alignment only adds refusal. v1: it also changes the manner of benign answers. Give it twice for both", DefaultValueFactory = _ => ["v0"] };
worlds.AcceptOnlyFromAmong("v0", "v1");
var build = new Command("build", "Make the lab's datasets and train its models from scratch: the base, then the aligned model of each world. A model that is there already is kept.") { lab, worlds };
build.SetAction(parsed => new LabBuild(parsed.GetValue(lab)!.FullName).Execute(parsed.GetValue(worlds)!));

var request = new Argument<FileInfo?>("SPEC") { Arity = ArgumentArity.ZeroOrOne, Description = "methods, strengths, poison and seeds, YAML or JSON; without it the tournament that is in DIR is gone on with" };
var tournamentOut = new Option<DirectoryInfo>("--out") { Description = "the tournament's directory; made if missing", Required = true };
var workers = new Option<int>("--workers") { Description = "how many processes train at the same time", DefaultValueFactory = _ => 1 };
var world = new Option<DirectoryInfo?>("--lab") { Description = "a folder as 'lab build' makes it: names in SPEC are looked up in its models/ and datasets/" };
var tournament = new Command("tournament", "Compare methods over strengths, poison and seeds. Every run is kept in DIR/runs as 'asft run' keeps it. Several of these commands, also on several machines with a shared folder, work at one DIR together; one that was stopped or killed goes on when it is started again. Exit: 0 done, 1 failed, 2 bad specification, 3 stopped.")
{
    request, tournamentOut, workers, world, models, supervised, privateEndpoints,
};
workers.Validators.Add(result => { if (result.GetValueOrDefault<int>() is < 1 or > 64) result.AddError("--workers takes 1 to 64"); });
tournament.SetAction(parsed => TournamentCommand.Start(parsed.GetValue(request), parsed.GetValue(tournamentOut)!, parsed.GetValue(workers), parsed.GetValue(world)?.FullName, parsed.GetValue(models) ?? [], parsed.GetValue(privateEndpoints), parsed.GetValue(supervised)));

var tournamentDirectories = new Argument<DirectoryInfo[]>("DIR") { Arity = ArgumentArity.ZeroOrMore, Description = "a tournament's directory" };
var basinRuns = new Option<DirectoryInfo[]>("--basin") { Description = "the directory of a run of the task basin" };
var preface = new Option<FileInfo?>("--preface") { Description = "Markdown that is put before the figures" };
var closing = new Option<FileInfo?>("--closing") { Description = "Markdown that is put after them" };
var reportOut = new Option<FileInfo>("--out") { Description = "the Markdown file; pictures go into a folder of its name", Required = true };
var report = new Command("report", "Write what tournaments and basins say: fronts, tables, paired differences, and the runs behind each figure.") { tournamentDirectories, basinRuns, world, preface, closing, reportOut };
report.SetAction(parsed => ReportCommand.Execute([.. (parsed.GetValue(tournamentDirectories) ?? []).Select(d => d.FullName)], [.. (parsed.GetValue(basinRuns) ?? []).Select(d => d.FullName)],
    parsed.GetValue(world)?.FullName, parsed.GetValue(preface)?.FullName, parsed.GetValue(closing)?.FullName, parsed.GetValue(reportOut)!.FullName));

var search = new Argument<FileInfo>("SPEC") { Description = "a run's specification under 'specification', what varies under 'search', and options beside them; YAML or JSON" };
var sweepOut = new Option<DirectoryInfo>("--out") { Description = "the sweep's directory; made if missing", Required = true };
var sweep = new Command("sweep", "Search over settings, one run after the other. Every run is kept in DIR/runs as 'asft run' keeps it; a sweep that was stopped or killed goes on when it is started again. Prints CSV, a line a point. Exit: 0 done, 1 failed, 2 bad specification, 3 stopped.")
{
    search, sweepOut, datasets, models, privateEndpoints, directions, runs,
};
sweep.SetAction(parsed => new SweepCommand(parsed.GetValue(search)!, parsed.GetValue(sweepOut)!,
    new Sources(parsed.GetValue(datasets)?.FullName, parsed.GetValue(models) ?? [], parsed.GetValue(privateEndpoints), parsed.GetValue(directions)?.FullName, parsed.GetValue(runs)?.FullName)).Execute());

var packed = new Argument<DirectoryInfo>("DIR") { Description = "a tournament's directory" };
var beside = new Option<DirectoryInfo[]>("--beside") { Description = "the directory of a run that belongs to no cell, such as a basin, named by its id" };
var noAnswers = new Option<bool>("--no-answers") { Description = "leave the files of answers out; examples of them stay in the events" };
var noWeights = new Option<bool>("--no-weights") { Description = "leave adapters and models out; such runs cannot be gone on from" };
var archive = new Option<FileInfo>("--out") { Description = "the zip", Required = true };
var pack = new Command("pack", "Put a tournament into a zip that the site's page Lab opens.") { packed, beside, noAnswers, noWeights, archive };
pack.SetAction(parsed => PackCommand.Execute(parsed.GetValue(packed)!.FullName, [.. (parsed.GetValue(beside) ?? []).Select(d => d.FullName)], !parsed.GetValue(noAnswers), !parsed.GetValue(noWeights), parsed.GetValue(archive)!.FullName));

return new RootCommand("Fine-tuning without losing safety: AsFT and its rivals on language models, and classifiers that judge them.") { run, sweep, time, inspect, merge, predict, evaluate, promote, new Command("lab", "The small world that ships with the application.") { build, tournament, report, pack } }
    .Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null }).Invoke(); // a label or a file may begin with @
