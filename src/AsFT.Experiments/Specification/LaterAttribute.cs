namespace AsFT.Experiments.Specification;

/// <summary>Marks a setting that specifications did not have at first. While it is empty or off, hashes are those of before.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class LaterAttribute : Attribute;
