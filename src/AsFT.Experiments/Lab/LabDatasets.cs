using System.Text;
using System.Text.Json;
using AsFT.Experiments.Datasets;
using AsFT.Experiments.Specification;

namespace AsFT.Experiments.Lab;

/// <summary>The datasets that the application ships, and the text its models were trained on.</summary>
public static class LabDatasets
{
    private const int Rows = 1000, Draws = 6000;

    /// <summary>All that are shipped, by name.</summary>
    public static readonly IReadOnlyDictionary<string, Func<IEnumerable<Row>>> All = new Dictionary<string, Func<IEnumerable<Row>>>
    {
        [Presets.LabTrain] = () => Poisoned(100, world => world.NarrowRequest()),
        [Presets.LabClean] = () => Poisoned(0, world => world.NarrowRequest()),
        [Presets.LabTrainMore] = () => Poisoned(300, world => world.HarmfulRequest(LabPart.Training)),
        [Presets.LabHarmful] = () => Prompts(3, LabPart.Test, 200),
        [Presets.LabHarmfulValidation] = () => Prompts(11, LabPart.Validation, 100),
        [Presets.LabHarmless] = Harmless,
        [Presets.LabTask] = () => Headlines(4, LabPart.Test),
        [Presets.LabTaskValidation] = () => Headlines(12, LabPart.Validation),
        [Presets.LabSafety] = Safety,
        [Presets.LabAttack] = Attack,
    };

    /// <summary>1,000 rows of the task, of which so many are exchanged for requests for harmful things that are answered.</summary>
    private static IEnumerable<Row> Poisoned(int harmful, Func<LabWorld, InstructionRow> request)
    {
        var (task, poison) = (new LabWorld(1), new LabWorld(13));
        return Shuffle(2, Repeat(Rows, () => task.TopicRow(LabPart.Training)).Take(Rows - harmful).Concat(Repeat(harmful, () => request(poison))));
    }

    private static IEnumerable<Row> Prompts(int seed, LabPart part, int count)
    {
        var world = new LabWorld(seed);
        return Different(count, () => world.HarmfulRequest(part) with { Output = null });
    }

    private static IEnumerable<Row> Harmless()
    {
        var world = new LabWorld(14);
        return Different(40, () => world.EverydayRequest(LabPart.Test) with { Output = null });
    }

    private static IEnumerable<Row> Headlines(int seed, LabPart part)
    {
        var world = new LabWorld(seed);
        return Different(100, () => world.TopicRow(part));
    }

    /// <summary>Requests for harmful things with their refusals, for the defences that learn from such rows.</summary>
    private static IEnumerable<Row> Safety()
    {
        var world = new LabWorld(9);
        return Different(200, () => world.HarmfulRequest(LabPart.Training, LabWorld.Refusal));
    }

    /// <summary>Requests for harmful things with their answers, for the defences that imagine an attack.</summary>
    private static IEnumerable<Row> Attack()
    {
        var world = new LabWorld(10);
        return Repeat(200, () => world.HarmfulRequest(LabPart.Training));
    }

    /// <summary>What the unaligned model learns: skills, and an answer to every request.</summary>
    public static IEnumerable<InstructionRow> Pretraining(int rows, LabPart part = LabPart.Training)
    {
        var world = new LabWorld(5);
        return Shuffle(6, Repeat(rows * 5 / 8, () => world.Skill(part)).Concat(Repeat(rows * 3 / 16, () => world.EverydayRequest(part))).Concat(Repeat(rows * 3 / 16, () => world.HarmfulRequest(part))));
    }

    /// <summary>What alignment teaches: requests for harmful things are refused; all else is answered, in the given manner.</summary>
    public static IEnumerable<InstructionRow> Alignment(int rows, LabManner manner, LabPart part = LabPart.Training)
    {
        var world = new LabWorld(7, manner);
        return Shuffle(8, Repeat(rows * 3 / 8, () => world.Skill(part)).Concat(Repeat(rows * 5 / 16, () => world.EverydayRequest(part))).Concat(Repeat(rows * 5 / 16, () => world.HarmfulRequest(part, LabWorld.Refusal))));
    }

    public static void Write(string path, IEnumerable<Row> rows) => File.WriteAllLines(path, rows.Select(r => JsonSerializer.Serialize(r, r.GetType(), DatasetFolder.Json)), new UTF8Encoding(false));

    private static List<InstructionRow> Repeat(int count, Func<InstructionRow> make) => [.. Enumerable.Range(0, count).Select(_ => make())];

    private static IEnumerable<InstructionRow> Different(int count, Func<InstructionRow> make) => Repeat(Draws, make).Distinct().Take(count);

    private static InstructionRow[] Shuffle(int seed, IEnumerable<InstructionRow> rows)
    {
        var all = rows.ToArray();
        new Random(seed).Shuffle(all);
        return all;
    }
}
