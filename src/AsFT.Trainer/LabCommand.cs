using System.Text.Json;
using AsFT.Experiments.Lab;
using AsFT.Experiments.Models;
using AsFT.Experiments.Specification;
using AsFT.Experiments.Text;
using AsFT.Training;
using AsFT.Training.Models;
using static TorchSharp.torch;

namespace AsFT.Trainer;

/// <summary>Trains the shipped pair from scratch: a base that answers every request, then the same model taught to refuse.</summary>
internal static class LabCommand
{
    private const string Begin = "<s>", End = "</s>";

    private static readonly DecoderConfig Shape = new()
    {
        VocabularySize = 640, HiddenSize = 128, IntermediateSize = 344, Layers = 4, Heads = 4, KeyValueHeads = 2, HeadSize = 32, MaxPositions = 1024, TiedHead = true,
    };

    public static int Build(string directory)
    {
        var datasets = Directory.CreateDirectory(Path.Combine(directory, "datasets")).FullName;
        LabDatasets.Write(Path.Combine(datasets, "lab-train.jsonl"), LabDatasets.Train());
        LabDatasets.Write(Path.Combine(datasets, "lab-harmful.jsonl"), LabDatasets.Harmful());
        LabDatasets.Write(Path.Combine(datasets, "lab-task.jsonl"), LabDatasets.Task());
        LabDatasets.Write(Path.Combine(datasets, "lab-safety.jsonl"), LabDatasets.Safety());
        LabDatasets.Write(Path.Combine(datasets, "lab-attack.jsonl"), LabDatasets.Attack());

        manual_seed(1);
        var pretraining = LabDatasets.Pretraining(16_000).Select(r => PromptTemplate.Render(TemplateKind.Lab, r, [])).ToList();
        var tokenizerJson = BytePairTraining.Train(pretraining.Take(4000).Select(r => r.Prompt + r.Answer), Shape.VocabularySize, [Begin, End]);
        var baseDirectory = Start(directory, "lab-base", tokenizerJson);
        var tokenizer = TokenizerDirectory.Load(baseDirectory);
        using var model = Decoder.Create(Shape, CPU);

        Teach(model, tokenizer, pretraining, epochs: 6, rate: 2e-3, learnPrompts: true);
        Keep(model, baseDirectory);
        var alignment = LabDatasets.Alignment(8_000).Select(r => PromptTemplate.Render(TemplateKind.Lab, r, [])).ToList();
        Teach(model, tokenizer, alignment, epochs: 2, rate: 5e-4, learnPrompts: false);
        Keep(model, Start(directory, "lab-aligned", tokenizerJson));
        return 0;
    }

    /// <summary>Full fine-tuning: every weight is trained.</summary>
    private static void Teach(Decoder model, TextTokenizer tokenizer, List<RenderedRow> text, int epochs, double rate, bool learnPrompts)
    {
        var rows = text.ConvertAll(r => TokenisedRow.From(r, tokenizer, Shape.MaxPositions)).ConvertAll(r => learnPrompts ? r with { PromptLength = 1 } : r);
        var specification = new RunSpecification
        {
            Method = new() { Kind = MethodKind.Sft },
            Optimiser = new() { LearningRate = rate, WeightDecay = 0.01, ClipNorm = 1 },
            Schedule = new() { Kind = ScheduleKind.Cosine, Warmup = 0.05 },
            Training = new() { Epochs = epochs, BatchSize = 64, Seed = 1 },
        };
        foreach (var weight in model.Weights.Values) weight.requires_grad = true;
        using var training = new FineTuning(specification, model, model.Weights.Values, rows, tokenizer.EndId, new());
        var progress = new Progress(Console.Error);
        foreach (var step in training.Run()) progress.Show(step, training.Plan.Steps);
    }

    private static string Start(string directory, string name, string tokenizerJson)
    {
        var model = Directory.CreateDirectory(Path.Combine(directory, "models", name)).FullName;
        var config = Shape.ToJson().Replace("\"torch_dtype\"", "\"bos_token_id\": 0,\n  \"eos_token_id\": 1,\n  \"torch_dtype\"", StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(model, "config.json"), config);
        File.WriteAllText(Path.Combine(model, "tokenizer.json"), tokenizerJson);
        File.WriteAllText(Path.Combine(model, LabWorld.MarkerFile), JsonSerializer.Serialize(new { template = "lab", world = 1 }) + "\n");
        return model;
    }

    private static void Keep(Decoder model, string directory) =>
        SafetensorsFile.Write(Path.Combine(directory, "model.safetensors"), model.Weights.ToDictionary(w => w.Key, w => (Tensor)w.Value));
}
