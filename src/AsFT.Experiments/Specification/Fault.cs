namespace AsFT.Experiments.Specification;

/// <summary>One thing wrong with a specification: where, what was found, and what to write instead.</summary>
public sealed record Fault(string Path, string Problem)
{
    public override string ToString() => Path.Length == 0 ? Problem : $"{Path}: {Problem}";
}

/// <summary>A specification that cannot run, with every fault that was found.</summary>
public sealed class SpecificationException(IReadOnlyList<Fault> faults)
    : Exception(string.Join(Environment.NewLine, faults))
{
    public IReadOnlyList<Fault> Faults { get; } = faults;
}
