using AsFT.Training.Models;
using AsFT.Training.Safety;

namespace AsFT.Training.Tests.Safety;

public sealed class L2PenaltyTests
{
    [Fact]
    public void Value_OfTwoModules_IsTheSquaredNormOfTheirProducts()
    {
        // B = (1, 2)ᵀ, A = (3, 4): BA = (3 4; 6 8), squared sum 9 + 16 + 36 + 64 = 125; twice the same module: 250.
        Projection Module() => new("m", nn.Parameter(zeros(2, 2))) { Lora = new(nn.Parameter(tensor(new float[,] { { 3, 4 } })), nn.Parameter(tensor(new float[,] { { 1 }, { 2 } })), 32, 0) };
        Assert.Equal(250, new L2Penalty().Value([Module(), Module()]).ToDouble());
    }
}
