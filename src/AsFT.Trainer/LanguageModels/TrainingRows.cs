using System.Numerics;
using AsFT.Experiments.Datasets;
using AsFT.Experiments.Events;
using AsFT.Experiments.Specification;
using AsFT.Experiments.Text;

namespace AsFT.Trainer.LanguageModels;

/// <summary>Reads datasets as rows of ids. The token audit says which rows were cut, and of which nothing is left to learn.</summary>
internal sealed class TrainingRows(Sources sources, TemplateKind template, TextTokenizer tokenizer, int maxLength, int seed, string directory, EventLog log)
{
    /// <summary>The rows to learn, with the safety rows that a defence mixes in.</summary>
    public List<TokenisedRow> Of(RunSpecification s)
    {
        var rows = s.Data.Train.SelectMany((reference, i) => Read(reference, $"data.train[{i}]")).ToList();
        if (s.SafeInstruct is { } safe) rows.AddRange(Drawn(Read(safe.SafetyRows, "safe_instruct.safety_rows"), safe.Count));
        if (s.Bea is { } bea) rows.AddRange(Drawn(Read(bea.SafetyRows, "bea.safety_rows", BeaTrigger.Of(bea, seed)), bea.Count));
        return rows;
    }

    /// <param name="trigger">put before the system prompt of each row</param>
    public List<TokenisedRow> Read(string reference, string path, string? trigger = null)
    {
        var dataset = sources.Dataset(reference, path, directory);
        var summary = dataset.Summary;
        if (summary.Kind == DatasetKind.Prompts) throw new SpecificationException([new(path, $"the dataset '{summary.Name}' holds prompts without answers; there is nothing to learn from it")]);
        var labels = summary.Labels.Select(l => l.Label).ToList();
        var all = dataset.Rows().Select(r => TokenisedRow.From(PromptTemplate.Render(template, trigger is null ? r : r.WithSystem(trigger), labels, tokenizer.Chat), tokenizer, maxLength)).ToList();
        if (dataset.SetAsideWords() is { } words) log.Write(new Log("warning", words));
        Audit(summary.Name, all);
        var learnt = all.FindAll(r => r.Supervised > 0);
        return learnt.Count > 0 ? learnt : throw new SpecificationException([new("data.max_length", $"is {maxLength}; no row of '{summary.Name}' ({path}) has an answer left after the cut. Raise it")]);
    }

    private List<TokenisedRow> Drawn(List<TokenisedRow> rows, int count)
    {
        var all = rows.ToArray();
        new Random(seed).Shuffle(all);
        if (count > all.Length) log.Write(new Log("warning", $"{count} safety rows are asked for and {all.Length} are there; all are taken"));
        return [.. all.Take(count)];
    }

    /// <summary>Lengths by powers of two: "9 to 16: 3 rows, 17 to 32: 120".</summary>
    internal static string Histogram(IEnumerable<int> lengths) => string.Join(", ", lengths.GroupBy(l => (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, l))).OrderBy(g => g.Key).Select((g, i) => $"{g.Key / 2 + 1} to {g.Key}: {g.Count()}{(i == 0 ? " rows" : "")}"));

    private void Audit(string name, List<TokenisedRow> all)
    {
        var lengths = all.Select(r => r.Ids.Length).Order().ToList();
        int Share(double share) => lengths[(int)(share * (lengths.Count - 1))];
        var empty = all.Select((r, i) => (r, Number: i + 1)).Where(r => r.r.Supervised <= 0).Select(r => r.Number).ToList();
        var cut = all.Count(r => r.Cut);
        log.Write(new Log("info", $"{name}: {all.Count} rows, {all.Sum(r => (long)r.Ids.Length)} tokens; lengths: half up to {Share(0.5)}, nine tenths up to {Share(0.9)}, longest {lengths[^1]}; by length: {Histogram(lengths)}"));
        if (cut > 0) log.Write(new Log("warning", $"{name}: {cut} rows are longer than {maxLength} tokens and were cut; raise data.max_length to keep them whole"));
        if (empty.Count > 0) log.Write(new Log("warning", $"{name}: {empty.Count} rows have no answer left after the cut and are left out: rows {string.Join(", ", empty.Take(20))}{(empty.Count > 20 ? " …" : "")}"));
    }
}
