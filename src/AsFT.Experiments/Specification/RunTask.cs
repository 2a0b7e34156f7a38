using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace AsFT.Experiments.Specification;

/// <summary>What a run does: it trains a language model that answers, or a classifier that gives labels to texts; or it trains nothing, and measures how safe a model is in its surroundings.</summary>
public enum RunTask { FineTuning, Classification, Basin }

/// <summary>Marks a group of settings that only some tasks read.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OnlyForAttribute(params RunTask[] tasks) : Attribute
{
    public IReadOnlyList<RunTask> Tasks { get; } = tasks;
}

/// <summary>Keeps a specification to the groups of its task, and gives each task its own defaults.</summary>
public static class TaskGroups
{
    private static readonly IReadOnlyDictionary<string, IReadOnlyList<RunTask>> Bound = typeof(RunSpecification).GetProperties()
        .Where(p => p.GetCustomAttribute<OnlyForAttribute>() is not null)
        .ToDictionary(p => JsonNamingPolicy.SnakeCaseLower.ConvertName(p.Name), p => p.GetCustomAttribute<OnlyForAttribute>()!.Tasks);

    /// <summary>Where a task's run begins; what a text leaves out is taken from here. For classification the settings of the CL-MTC paper.</summary>
    public static RunSpecification Defaults(RunTask task) => task != RunTask.Classification ? new() { Task = task } : new()
    {
        Task = task,
        Data = new() { MaxLength = 128 },
        Lora = new() { Rank = 0 },
        Optimiser = new() { LearningRate = 2e-5, ClipNorm = 1 },
        Schedule = new() { Kind = ScheduleKind.Linear, Warmup = 0.1 },
        Training = new() { Epochs = 20, BatchSize = 32, Patience = 10, CheckpointEvery = 200 },
    };

    /// <summary>Groups that the task does not read are faults; what is left out of the others is filled in.</summary>
    internal static void Complete(JsonObject root, List<Fault> faults)
    {
        var task = root["task"]?.Deserialize<RunTask>(SpecificationText.Json) ?? default;
        foreach (var (group, others) in Bound.Where(b => !b.Value.Contains(task) && root.ContainsKey(b.Key)))
        {
            var names = string.Join(" or ", others.Select(Name));
            if (root[group] is not null) faults.Add(new(group, $"belongs to the task {names}, and the task is {Name(task)}; take it out, or write task: {names}"));
            root.Remove(group);
        }
        if (task != RunTask.Classification) return; // the records hold the defaults of the others themselves
        foreach (var (group, settings) in JsonSerializer.SerializeToNode(Defaults(task), SpecificationText.Json)!.AsObject())
            foreach (var (key, value) in settings as JsonObject ?? [])
            {
                if (root[group] is null) root[group] = new JsonObject();
                if (root[group] is JsonObject own && !own.ContainsKey(key)) own[key] = value?.DeepClone();
            }
    }

    /// <summary>The tree of another task, where a person has just chosen it: its defaults, with the name kept, and the data where it learns from any.</summary>
    public static JsonObject Follow(JsonObject tree, RunTask task)
    {
        var fresh = JsonSerializer.SerializeToNode(Defaults(task), SpecificationText.Json)!.AsObject();
        fresh["name"] = tree["name"]?.DeepClone();
        if (task != RunTask.Basin) fresh["data"]!["train"] = tree["data"]?["train"]?.DeepClone() ?? new JsonArray();
        return fresh;
    }

    /// <summary>A group that the task does not read has no place in the text, nor in the hash.</summary>
    internal static void LeaveOut(JsonTypeInfo type)
    {
        foreach (var property in type.Properties.Where(p => p.AttributeProvider?.IsDefined(typeof(OnlyForAttribute), false) == true))
        {
            var tasks = Bound[property.Name];
            property.ShouldSerialize = (specification, _) => tasks.Contains(((RunSpecification)specification).Task);
        }
    }

    private static string Name(RunTask task) => JsonNamingPolicy.SnakeCaseLower.ConvertName(task.ToString());
}
