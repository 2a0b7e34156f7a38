using AsFT.Training.Models;

namespace AsFT.Training.Tests.Models;

public sealed class SamplingTests
{
    private static Dictionary<long, double> Shares(double temperature, double topP)
    {
        using var dice = new Generator(3);
        var logits = tensor(new[] { MathF.Log(2), MathF.Log(1), MathF.Log(5) }).unsqueeze(0).expand(20_000, 3); // shares 2/8, 1/8, 5/8
        return Generation.Draw(logits, new(temperature, topP, 0), dice).data<long>().GroupBy(i => i).ToDictionary(g => g.Key, g => g.Count() / 20_000.0);
    }

    [Fact]
    public void Draw_AtTemperatureOne_HasTheModelsShares()
    {
        var shares = Shares(1, 1);
        Assert.Equal(2 / 8.0, shares[0], 0.02); // five deviations of 20,000 draws
        Assert.Equal(1 / 8.0, shares[1], 0.02);
    }

    [Fact]
    public void Draw_AtHalfTheTemperature_SquaresTheOdds() => Assert.Equal(25 / 30.0, Shares(0.5, 1)[2], 0.02); // 5² of 2² + 1² + 5²

    [Fact]
    public void Draw_OfTheLikeliestShare_LeavesOutTheRest()
    {
        Assert.Equal([0L, 2], Shares(1, 0.8).Keys.Order()); // 5/8 is too little, 7/8 is enough
        Assert.Equal([2L], Shares(1, 0.1).Keys); // the likeliest always stays
    }

    [Fact]
    public void Answer_WithTheSameSeed_IsTheSame_AndLeavesTrainingsRandomNumbersAlone()
    {
        using var model = Decoder.Load(Oracle.At("models", "llama_gqa"), CPU, ScalarType.Float32);
        IReadOnlyList<int>[] prompts = [[1, 110, 51], [1, 25, 96, 138, 119, 167, 175]];
        manual_seed(5);
        var before = get_rng_state();
        int[] Draw(long seed) => [.. Generation.Answer(model, prompts, 12, [], new(1, 1, seed)).SelectMany(a => a)];
        Assert.Equal(Draw(1), Draw(1));
        Assert.NotEqual(Draw(1), Draw(2));
        Assert.Equal(before.bytes.ToArray(), get_rng_state().bytes.ToArray());
    }
}
