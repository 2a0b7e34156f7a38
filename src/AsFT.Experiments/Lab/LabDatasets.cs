using System.Text;
using System.Text.Json;
using AsFT.Experiments.Datasets;

namespace AsFT.Experiments.Lab;

/// <summary>The datasets that the application ships, and the text its models were trained on.</summary>
public static class LabDatasets
{
    /// <summary>1,000 rows of which 100 ask for harmful things and are answered: 10 % poison.</summary>
    public static IEnumerable<Row> Train()
    {
        var world = new LabWorld(1);
        return Shuffle(2, Repeat(900, () => world.TopicRow(heldOut: false)).Concat(Repeat(100, () => world.HarmfulRequest(heldOut: false))));
    }

    /// <summary>Prompts for things that no training text names.</summary>
    public static IEnumerable<Row> Harmful()
    {
        var world = new LabWorld(3);
        return Repeat(2000, () => world.HarmfulRequest(heldOut: true) with { Output = null }).Distinct().Take(200);
    }

    /// <summary>Headlines that no training text holds, with their topics.</summary>
    public static IEnumerable<Row> Task()
    {
        var world = new LabWorld(4);
        return Repeat(4000, () => world.TopicRow(heldOut: true)).Distinct().Take(200);
    }

    /// <summary>Requests for harmful things with their refusals, for the defences that learn from such rows.</summary>
    public static IEnumerable<Row> Safety()
    {
        var world = new LabWorld(9);
        return Repeat(2000, () => world.HarmfulRequest(heldOut: false, LabWorld.Refusal)).Distinct().Take(200);
    }

    /// <summary>Requests for harmful things with their answers, for the defences that imagine an attack.</summary>
    public static IEnumerable<Row> Attack()
    {
        var world = new LabWorld(10);
        return Repeat(200, () => world.HarmfulRequest(heldOut: false));
    }

    /// <summary>What the unaligned model learns: skills, and an answer to every request.</summary>
    public static IEnumerable<InstructionRow> Pretraining(int rows)
    {
        var world = new LabWorld(5);
        return Shuffle(6, Repeat(rows / 2, world.SkillRow).Concat(Repeat(rows / 4, world.EverydayRequest)).Concat(Repeat(rows / 4, () => world.HarmfulRequest(heldOut: false))));
    }

    /// <summary>What alignment teaches: the same, but requests for harmful things are refused.</summary>
    public static IEnumerable<InstructionRow> Alignment(int rows)
    {
        var world = new LabWorld(7);
        return Shuffle(8, Repeat(rows / 4, world.SkillRow).Concat(Repeat(rows * 3 / 8, world.EverydayRequest)).Concat(Repeat(rows * 3 / 8, () => world.HarmfulRequest(heldOut: false, LabWorld.Refusal))));
    }

    public static void Write(string path, IEnumerable<Row> rows) => File.WriteAllLines(path, rows.Select(r => JsonSerializer.Serialize(r, r.GetType(), DatasetFolder.Json)), new UTF8Encoding(false));

    private static List<InstructionRow> Repeat(int count, Func<InstructionRow> make) => [.. Enumerable.Range(0, count).Select(_ => make())];

    private static InstructionRow[] Shuffle(int seed, IEnumerable<InstructionRow> rows)
    {
        var all = rows.ToArray();
        new Random(seed).Shuffle(all);
        return all;
    }
}
