using static TorchSharp.torch;

// What the engine costs: each figure is a ratio of two things done in turns within one run.
// dotnet run -c Release --project bench/Training -- [penalty] [profile] [peak] [answers] [growth] [contrastive] [reading GB] [labels TEXTS.tsv] [epoch ROWS.json TOKENIZERDIR]
manual_seed(1);
Console.WriteLine($"threads: {get_num_threads()}");
if (args.Length == 0 || args[0] == "penalty") Penalties.Run();
if (args is ["profile"]) PenaltyProfile.Run();
if (args.Length == 0 || args[0] == "peak") Peak.Run();
if (args.Length == 0 || args[0] == "answers") Answers.Run();
if (args.Length == 0 || args[0] == "growth") Growth.Run();
if (args.Length == 0 || args[0] == "contrastive") Contrastive.Run();
if (args is ["read", var file, var type]) Reading.Once(file, Enum.Parse<ScalarType>(type));
if (args is ["reading", var size]) Reading.Run(double.Parse(size, System.Globalization.CultureInfo.InvariantCulture));
if (args is ["labels", var texts]) LabelEpochs.Run(texts);
if (args is ["epoch", var rows, var tokenizer]) Epoch.Run(rows, tokenizer);
