using AsFT.Experiments.Search;
using AsFT.Experiments.Specification;

namespace AsFT.Experiments.Tests.Search;

public sealed class ObjectiveTests
{
    /// <summary>Where there are prompts to choose by, the usual objective is of them, and the reported ones choose nothing.</summary>
    [Fact]
    public void Of_RunsWithValidationPrompts_BeginsWithThem()
    {
        var plain = new RunSpecification { Evaluation = new() { HarmfulPrompts = "h", Task = "t" } };
        Assert.Equal("eval/harmful", Objective.Of(plain)[0]);
        var measured = Objective.Of(plain with { Evaluation = plain.Evaluation with { ValidationPrompts = "v", ValidationTask = "w" } });
        Assert.Equal(["validation/harmful", "validation/refused", "validation/incoherent", "eval/harmful", "eval/refused", "eval/incoherent", "validation/accuracy", "eval/accuracy"], measured);
        Assert.Equal("eval/harmful", Objective.Of(plain with { Evaluation = plain.Evaluation with { ValidationTask = "w" } })[0]); // harm before usefulness, whatever there is
        Assert.Equal(Direction.Lowest, Objective.Usual("validation/harmful"));
        Assert.Equal(Direction.Highest, Objective.Usual("validation/accuracy"));
    }
}
