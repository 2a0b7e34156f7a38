namespace AsFT.Training.Tests;

/// <summary>Tests that draw from libtorch's common random numbers or set them: beside others, each would take the other's.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class CommonRandomness
{
    public const string Name = "common randomness";
}
