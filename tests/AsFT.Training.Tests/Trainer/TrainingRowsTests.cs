using AsFT.Trainer;
using AsFT.Trainer.LanguageModels;

namespace AsFT.Training.Tests.Trainer;

public sealed class TrainingRowsTests
{
    [Fact]
    public void Histogram_OfLengths_IsByPowersOfTwo() => Assert.Equal("1 to 1: 1 rows, 5 to 8: 2, 9 to 16: 2, 33 to 64: 1", TrainingRows.Histogram([16, 5, 8, 9, 1, 33]));
}
