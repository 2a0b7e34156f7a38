using System.Text.Json.Nodes;
using AsFT.Experiments.Datasets;

namespace AsFT.Experiments.Tests.Datasets;

public sealed class ChoicesTests
{
    private static (Row? Row, RowFault? Fault) Read(string choices)
    {
        var record = JsonNode.Parse($$"""{"instruction": "Which?", "output": "b", "choices": {{choices}}}""")!.AsObject();
        return RowSchema.Detect(record).Read(1, record);
    }

    [Fact]
    public void Read_ChoicesOfARow_AreKept() => Assert.Equal(["a", "b"], Assert.IsType<InstructionRow>(Read("""["a", "b"]""").Row).Choices!);

    [Theory]
    [InlineData("""["a", "c"]""", "does not hold the row's output")]
    [InlineData("""["b"]""", "2 to 100")]
    [InlineData("\"a, b\"", "expected a list of texts")]
    [InlineData("[1, 2]", "expected a list of texts")]
    public void Read_ChoicesThatCannotBe_AreAFault(string choices, string problem)
    {
        var fault = Read(choices).Fault!;
        Assert.Contains(problem, fault.Problem);
        Assert.Equal("choices", fault.Column);
    }
}
