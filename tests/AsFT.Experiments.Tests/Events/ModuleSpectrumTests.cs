using AsFT.Experiments.Events;

namespace AsFT.Experiments.Tests.Events;

public sealed class ModuleSpectrumTests
{
    /// <summary>Along an eigenvector with eigenvalue c a change counts (1 − c)² as under plain L2: 0.81 or more below 0.1, more than 1 above 2.</summary>
    [Theory]
    [InlineData(0, "V = 0")]
    [InlineData(0.09, "nearly plain L2")]
    [InlineData(2.1, "the direction itself is penalised more")]
    public void Flag_OfAnEigenvalueOutsideItsRange_SaysWhatItMeans(double largest, string words) => Assert.Contains(words, ModuleSpectrum.Flag(largest));

    [Theory]
    [InlineData(0.1), InlineData(1), InlineData(2)]
    public void Flag_OfAnOrdinaryEigenvalue_IsNone(double largest) => Assert.Equal("", ModuleSpectrum.Flag(largest));
}
