namespace AsFT.Experiments.Specification;

/// <summary>What a specification of the task basin may hold beyond what every run may, but for its evaluation and judges.</summary>
internal static class BasinRules
{
    public static IEnumerable<Fault> Check(RunSpecification s)
    {
        var (b, e) = (s.Basin, s.Evaluation);
        if (s.Model.Aligned.Length == 0) yield return new("model.aligned", "is missing; name the model whose surroundings are measured");
        if (s.Data.Train.Count > 0) yield return new("data.train", "is set, and a basin learns from nothing; leave it empty");
        if (string.IsNullOrEmpty(e.HarmfulPrompts)) yield return new("evaluation.harmful_prompts", "is missing; name the prompts by whose answers a point is scored");
        if (e.Temperature > 0) yield return new("evaluation.temperature", "is above 0, and points are compared by their likeliest answers; take 0");
        if (b.FirstToken && (s.Judge.Form != JudgeForm.Lab || s.SecondJudge.Form != JudgeForm.None))
            yield return new("basin.first_token", "is true, and of the judges only lab can tell by the first token; take judge.form lab alone, or false");
        foreach (var fault in Directions(s)) yield return fault;
        if (b.Points % 2 == 0) yield return new("basin.points", $"is {b.Points}; take an odd number, so that the model itself is the middle point");
        foreach (var fault in Ranges.Check(b, "basin")) yield return fault;
    }

    private static IEnumerable<Fault> Directions(RunSpecification s)
    {
        var b = s.Basin;
        bool partner = !string.IsNullOrEmpty(s.Model.Base), harmful = !string.IsNullOrEmpty(b.HarmfulRun), path = !string.IsNullOrEmpty(b.PathRun);
        if (b.Directions.Count == 0) yield return new("basin.directions", "is empty; take one or more of alignment, harm and random");
        if (b.Directions.Distinct().Count() < b.Directions.Count) yield return new("basin.directions", "names a direction twice; leave one");
        if (b.Directions.Contains(WalkDirection.Alignment) && !partner) yield return new("model.base", "is missing; the direction alignment leads away from it. Name the unaligned partner, or take alignment out of basin.directions");
        if (b.Directions.Contains(WalkDirection.Harm) && !harmful) yield return new("basin.harmful_run", "is missing; the direction harm is what a fine-tune on harmful rows learnt. Name a finished one, or take harm out of basin.directions");
        if (!b.Directions.Contains(WalkDirection.Harm) && harmful) yield return new("basin.harmful_run", "is set, and basin.directions lacks harm; add it there, or leave this empty");
        if (b.Surface.Count != 0 && (b.Surface.Count != 2 || b.Surface[0] == b.Surface[1])) yield return new("basin.surface", $"has {b.Surface.Count} directions; take two different ones, or none");
        if (b.Surface.Except(b.Directions).Any()) yield return new("basin.surface", $"names {string.Join(" and ", b.Surface.Except(b.Directions).Select(d => d.Name()))}, which basin.directions lacks; add it there");
        if (path && !string.IsNullOrEmpty(s.Model.After)) yield return new("basin.path_run", "is set beside model.after, and a path leads from the model itself; leave one of them empty");
        if (path && b.Surface.Count == 0) yield return new("basin.path_run", "is set, and there is no surface to draw it in; name two directions in basin.surface");
    }
}
