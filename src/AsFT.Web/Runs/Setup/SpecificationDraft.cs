using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using AsFT.Experiments.Specification;
using AsFT.Web.Models;

namespace AsFT.Web.Runs.Setup;

/// <summary>One setting of the form.</summary>
public sealed record Setting(string Path, PropertyInfo Property);

/// <summary>
/// A specification while it is being written: a tree of values that need not fit yet. The form, the YAML text and the
/// check all read this one tree, so what is shown is what would run.
/// </summary>
public sealed class SpecificationDraft
{
    private readonly Dictionary<RunTask, JsonObject> left = [];
    private JsonObject tree;

    public SpecificationDraft(RunSpecification start)
    {
        tree = Tree(start);
        Check();
    }

    public RunSpecification Value { get; private set; } = new();
    public IReadOnlyList<Fault> Faults { get; private set; } = [];

    private static readonly IReadOnlyList<(string Group, IReadOnlyList<Setting> Settings)> AllGroups =
        [.. typeof(RunSpecification).GetProperties().Where(p => p.PropertyType.IsClass && p.PropertyType != typeof(string)).Select(g => (Key(g),
            (IReadOnlyList<Setting>)[.. g.PropertyType.GetProperties().Select(p => new Setting($"{Key(g)}.{Key(p)}", p))]))];

    /// <summary>Stands above all groups: it decides which there are.</summary>
    public static Setting Task { get; } = new("task", typeof(RunSpecification).GetProperty(nameof(RunSpecification.Task))!);

    /// <summary>The groups of the form; those of single defences only where the method names them, right below it.</summary>
    public IEnumerable<(string Group, IReadOnlyList<Setting> Settings)> Groups => AllGroups
        .Where(g => tree[g.Group] is JsonObject)
        .OrderBy(g => DefenceGroups.Of(g.Group) is not null ? Place("method") : Place(g.Group))
        .Select(g => (g.Group, Settings: (IReadOnlyList<Setting>)[.. g.Settings.Where(s => Matters(s.Path) || Problem(s.Path) is not null)]))
        .Where(g => g.Settings.Count > 0);

    /// <summary>Whether a setting changes anything as the others stand. All of them are in the YAML.</summary>
    private bool Matters(string path)
    {
        if (Value.Task == RunTask.Classification) return MattersToClassifier(path);
        if (Value.Task == RunTask.Basin && !BasinSettings.Matter(path, Value.Basin)) return false;
        var m = Value.Method;
        var anchored = m.Has(MethodKind.Asft) || m.Has(MethodKind.Reversed);
        return path switch
        {
            "method.lambda" or "method.published_accumulation" => anchored || m.Has(MethodKind.L2),
            "method.direction" => anchored,
            "method.projector_rank" => anchored && m.Direction == DirectionForm.Projector,
            "schedule.gamma" => Value.Schedule.Kind == ScheduleKind.Step,
            "training.snapshots" => Value.Lora.Rank > 0,
            "evaluation.top_p" => Value.Evaluation.Temperature > 0,
            _ when path.StartsWith("lora.", StringComparison.Ordinal) => path == "lora.rank" || Value.Lora.Rank > 0,
            _ when path.StartsWith("judge.", StringComparison.Ordinal) => path == "judge.form" || AsksAModel(Value.Judge) && (Value.Judge.Form != JudgeForm.Classifier || path == "judge.model"),
            _ when path.StartsWith("second_judge.", StringComparison.Ordinal) => path == "second_judge.form" || AsksAModel(Value.SecondJudge) && (Value.SecondJudge.Form != JudgeForm.Classifier || path == "second_judge.model"),
            _ => true,
        };
    }

    private bool MattersToClassifier(string path) => path switch
    {
        "data.template" or "training.recompute" or "training.snapshots" => false,
        "classifier.layers" or "classifier.width" or "classifier.vocabulary" => string.IsNullOrEmpty(Value.Classifier.Encoder),
        "classifier.label_words" => Value.Classifier.Form == ClassifierForm.LabelWords,
        "loss.alpha" => Value.Loss.Kind != LossKind.Bce,
        "loss.temperature" => Value.Loss.Kind.IsContrastive(),
        "scoring.dev_share" => string.IsNullOrEmpty(Value.Scoring.Dev),
        "schedule.gamma" => Value.Schedule.Kind == ScheduleKind.Step,
        _ when path.StartsWith("lora.", StringComparison.Ordinal) => !string.IsNullOrEmpty(Value.Classifier.Encoder) && (path == "lora.rank" || Value.Lora.Rank > 0),
        _ => true,
    };

    private static bool AsksAModel(JudgeOptions judge) => judge.Form is not (JudgeForm.None or JudgeForm.Lab or JudgeForm.RefusalPhrases);

    private static int Place(string group) => AllGroups.TakeWhile(g => g.Group != group).Count();

    public JsonNode? this[string path]
    {
        get => path.Split('.').Aggregate((JsonNode?)tree, (node, key) => node?[key]);
        set
        {
            var (parent, key) = path.Split('.') is [var group, var name] ? (tree[group]!.AsObject(), name) : (tree, path);
            parent[key] = value;
            if (path == "task" && Enum.TryParse<RunTask>(value?.ToString().Replace("_", ""), ignoreCase: true, out var task) && task != Value.Task) Switch(task);
            if (path is "method.kind" or "method.with" && Reads(tree["method"])) DefenceGroups.Follow(tree);
            Check();
        }
    }

    /// <summary>Who comes back to a task finds its settings as they were left.</summary>
    private void Switch(RunTask task)
    {
        tree["task"] = Key(Value.Task.ToString());
        left[Value.Task] = tree;
        tree = left.GetValueOrDefault(task) ?? TaskGroups.Follow(tree, task);
    }

    public string? Problem(string path) => Faults.FirstOrDefault(f => f.Path == path || f.Path.StartsWith(path + "[", StringComparison.Ordinal))?.Problem;

    /// <summary>What stands in the form, faulty values too.</summary>
    public string Yaml() => SpecificationText.ToYaml(tree);

    /// <summary>Takes a text as it is if its form is right; else names the faults and changes nothing.</summary>
    public IReadOnlyList<Fault> Take(string yaml)
    {
        var faults = new List<Fault>();
        var read = SpecificationText.Read(yaml, faults);
        if (faults.Count > 0) return faults;
        tree = Tree(read);
        Check();
        return [];
    }

    /// <summary>Faults that only the queue can see, such as a dataset that is gone.</summary>
    public void Refuse(IReadOnlyList<Fault> faults) => Faults = faults;

    private static bool Reads(JsonNode? method)
    {
        try
        {
            return method.Deserialize<MethodOptions>(SpecificationText.Json) is not null;
        }
        catch (JsonException)
        {
            return false; // the check says what stands there
        }
    }

    private void Check()
    {
        var faults = new List<Fault>();
        Value = SpecificationText.Read(tree.ToJsonString(), faults);
        Faults = [.. faults, .. SpecificationRules.Check(Value).Where(r => faults.TrueForAll(f => f.Path != r.Path))];
    }

    /// <summary>The partner that a model's page names goes with the model, until another is chosen.</summary>
    public async Task FollowPartnerAsync(ModelRegistry registry)
    {
        var model = (await registry.ListAsync()).FirstOrDefault(m => m.Name == Pinned.Label(Value.Model.Aligned));
        if (model?.Base is { } partner && string.IsNullOrEmpty(Value.Model.Base)) this["model.base"] = partner.Name;
    }

    private static string Key(PropertyInfo p) => Key(p.Name);

    private static string Key(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);

    private static JsonObject Tree(RunSpecification s) => JsonSerializer.SerializeToNode(s, SpecificationText.Json)!.AsObject();
}
