using AsFT.Experiments.Lab;
using AsFT.Experiments.Models;
using AsFT.Experiments.Specification;
using AsFT.Experiments.Text;
using AsFT.Training;
using AsFT.Training.Models;
using static TorchSharp.torch;

namespace AsFT.Trainer.Lab;

/// <summary>
/// Makes the lab's datasets and trains its models from scratch: a base that answers every request, and from it, with all weights, a model
/// that refuses harmful ones. In world v0 alignment adds nothing else; in v1 it also changes the manner of benign answers.
/// </summary>
internal sealed class LabBuild(string directory)
{
    private const string Begin = "<s>", End = "</s>";

    private static readonly DecoderConfig Shape = new()
    {
        VocabularySize = 768, HiddenSize = 96, IntermediateSize = 256, Layers = 4, Heads = 4, KeyValueHeads = 2, HeadSize = 24, MaxPositions = 1024, TiedHead = true,
    };

    private readonly Progress progress = new(Console.Error);

    /// <param name="worlds">v0, v1 or both</param>
    public int Execute(IReadOnlyList<string> worlds)
    {
        var datasets = Directory.CreateDirectory(Path.Combine(directory, "datasets")).FullName;
        foreach (var (name, rows) in LabDatasets.All) LabDatasets.Write(Path.Combine(datasets, name + ".jsonl"), rows());

        var folder = Path.Combine(directory, "models", Presets.LabBase);
        var anew = !IsThere(folder);
        if (anew) BuildBase();
        else MeasureAgain(folder, "base", LabManner.Plain, LabDatasets.Pretraining(400, LabPart.Test));
        var (tokenizer, vocabulary) = (TokenizerDirectory.Load(folder), File.ReadAllText(Path.Combine(folder, "tokenizer.json")));
        foreach (var world in worlds)
        {
            var (name, manner) = world == "v0" ? (Presets.LabAligned, LabManner.Plain) : (Presets.LabAlignedPolite, LabManner.Polite);
            var own = Path.Combine(directory, "models", name);
            if (!anew && IsThere(own)) // on another base it is another model
            {
                MeasureAgain(own, world, manner, LabDatasets.Alignment(400, manner, LabPart.Test));
                continue;
            }
            manual_seed(1);
            using var model = Decoder.Load(folder, CPU, ScalarType.Float32);
            var (rows, epochs) = manner == LabManner.Plain ? (12_000, 3) : (24_000, 5); // a manner takes longer to learn than a refusal
            Teach(model, tokenizer, Render(LabDatasets.Alignment(rows, manner)), epochs, rate: 1e-3);
            Keep(model, tokenizer, Start(name, vocabulary), world, manner, Render(LabDatasets.Alignment(400, manner, LabPart.Test)));
        }
        return 0;
    }

    /// <summary>Another machine rounds otherwise and makes other weights, so worlds that are to be compared are built on one base.</summary>
    private bool IsThere(string folder)
    {
        var there = LabCard.Read(folder) is not null; // written last
        if (there) progress.Say($"{Path.GetFileName(folder)} is there already and is kept, only its figures are measured again; delete its folder to have it made anew");
        return there;
    }

    private void BuildBase()
    {
        manual_seed(1);
        var pretraining = Render(LabDatasets.Pretraining(32_000));
        var words = pretraining.Take(4000).Concat(Render(LabDatasets.All[Presets.LabClean]().Take(400))).Concat(Render(LabDatasets.Alignment(400, LabManner.Plain))).Select(r => r.Prompt + r.Answer).Where(text => !text.Any(char.IsDigit)); // so that digits stay single
        var folder = Start(Presets.LabBase, BytePairTraining.Train(words, Shape.VocabularySize, [Begin, End]));
        var tokenizer = TokenizerDirectory.Load(folder);
        using var model = Decoder.Create(Shape, CPU);
        Teach(model, tokenizer, pretraining, epochs: 5, rate: 2e-3);
        Keep(model, tokenizer, folder, "base", LabManner.Plain, Render(LabDatasets.Pretraining(400, LabPart.Test)));
    }

    private static List<RenderedRow> Render(IEnumerable<AsFT.Experiments.Datasets.Row> rows) => [.. rows.Select(r => PromptTemplate.Render(TemplateKind.Lab, r, []))];

    /// <summary>Full fine-tuning: every weight is trained.</summary>
    private void Teach(Decoder model, TextTokenizer tokenizer, List<RenderedRow> text, int epochs, double rate)
    {
        var rows = text.ConvertAll(r => TokenisedRow.From(r, tokenizer, Shape.MaxPositions));
        var specification = new RunSpecification
        {
            Method = new() { Kind = MethodKind.Sft },
            Data = new() { Batching = BatchingKind.Similar },
            Optimiser = new() { LearningRate = rate, WeightDecay = 0.01, ClipNorm = 1 },
            Schedule = new() { Kind = ScheduleKind.Cosine, Warmup = 0.05 },
            Training = new() { Epochs = epochs, BatchSize = 64, Seed = 1 },
        };
        foreach (var weight in model.Weights.Values) weight.requires_grad = true;
        using var training = new FineTuning(specification, model, model.Weights.Values, rows, tokenizer.EndId, new());
        foreach (var step in training.Run()) progress.Show(step, training.Plan.Steps);
    }

    private string Start(string name, string vocabulary)
    {
        var model = Directory.CreateDirectory(Path.Combine(directory, "models", name)).FullName;
        var config = Shape.ToJson().Replace("\"torch_dtype\"", "\"bos_token_id\": 0,\n  \"eos_token_id\": 1,\n  \"torch_dtype\"", StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(model, "config.json"), config);
        File.WriteAllText(Path.Combine(model, "tokenizer.json"), vocabulary);
        return model;
    }

    private void Keep(Decoder model, TextTokenizer tokenizer, string folder, string world, LabManner manner, List<RenderedRow> heldOut)
    {
        SafetensorsFile.Write(Path.Combine(folder, "model.safetensors"), model.Weights.ToDictionary(w => w.Key, w => (Tensor)w.Value));
        Measure(model, tokenizer, folder, world, manner, heldOut);
    }

    /// <summary>The card of a model that is kept may be of an older judge.</summary>
    private void MeasureAgain(string folder, string world, LabManner manner, IEnumerable<AsFT.Experiments.Datasets.Row> heldOut)
    {
        using var model = Decoder.Load(folder, CPU, ScalarType.Float32);
        Measure(model, TokenizerDirectory.Load(folder), folder, world, manner, Render(heldOut));
    }

    private void Measure(Decoder model, TextTokenizer tokenizer, string folder, string world, LabManner manner, List<RenderedRow> heldOut)
    {
        var card = new LabMeasure(model, tokenizer).Card(world, manner, heldOut);
        card.Write(folder);
        progress.Say(FormattableString.Invariant($"{Path.GetFileName(folder)}: {card.Parameters:N0} parameters, perplexity {card.Perplexity:0.###}, refused {card.Refused.Count} and answered {card.Complied.Count} of {card.Refused.Total}, over-refused {card.OverRefused.Count} of {card.OverRefused.Total}, ")
            + string.Join(", ", card.Tasks.Select(t => $"{t.Key} {t.Value.Count} of {t.Value.Total}")));
    }
}
