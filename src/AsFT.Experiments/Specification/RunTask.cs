using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace AsFT.Experiments.Specification;

/// <summary>What a run trains: a language model that answers, or a classifier that gives labels to texts.</summary>
public enum RunTask { FineTuning, Classification }

/// <summary>Marks a group of settings that only one task reads.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OnlyForAttribute(RunTask task) : Attribute
{
    public RunTask Task { get; } = task;
}

/// <summary>Keeps a specification to the groups of its task, and gives each task its own defaults.</summary>
public static class TaskGroups
{
    private static readonly IReadOnlyDictionary<string, RunTask> Bound = typeof(RunSpecification).GetProperties()
        .Where(p => p.GetCustomAttribute<OnlyForAttribute>() is not null)
        .ToDictionary(p => JsonNamingPolicy.SnakeCaseLower.ConvertName(p.Name), p => p.GetCustomAttribute<OnlyForAttribute>()!.Task);

    /// <summary>Where a task's run begins; what a text leaves out is taken from here. For classification the settings of the CL-MTC paper.</summary>
    public static RunSpecification Defaults(RunTask task) => task == RunTask.FineTuning ? new() : new()
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
        foreach (var (group, other) in Bound.Where(b => b.Value != task && root.ContainsKey(b.Key)))
        {
            if (root[group] is not null) faults.Add(new(group, $"belongs to the task {Name(other)}, and the task is {Name(task)}; take it out, or write task: {Name(other)}"));
            root.Remove(group);
        }
        if (task == RunTask.FineTuning) return; // whose defaults the records hold themselves
        foreach (var (group, settings) in JsonSerializer.SerializeToNode(Defaults(task), SpecificationText.Json)!.AsObject())
            foreach (var (key, value) in settings as JsonObject ?? [])
            {
                if (root[group] is null) root[group] = new JsonObject();
                if (root[group] is JsonObject own && !own.ContainsKey(key)) own[key] = value?.DeepClone();
            }
    }

    /// <summary>The tree of another task, where a person has just chosen it: its defaults, with the name and the data kept.</summary>
    public static JsonObject Follow(JsonObject tree, RunTask task)
    {
        var fresh = JsonSerializer.SerializeToNode(Defaults(task), SpecificationText.Json)!.AsObject();
        fresh["name"] = tree["name"]?.DeepClone();
        fresh["data"]!["train"] = tree["data"]?["train"]?.DeepClone() ?? new JsonArray();
        return fresh;
    }

    /// <summary>A group that the task does not read has no place in the text, nor in the hash.</summary>
    internal static void LeaveOut(JsonTypeInfo type)
    {
        foreach (var property in type.Properties.Where(p => p.AttributeProvider?.IsDefined(typeof(OnlyForAttribute), false) == true))
        {
            var task = Bound[property.Name];
            property.ShouldSerialize = (specification, _) => ((RunSpecification)specification).Task == task;
        }
    }

    private static string Name(RunTask task) => JsonNamingPolicy.SnakeCaseLower.ConvertName(task.ToString());
}
