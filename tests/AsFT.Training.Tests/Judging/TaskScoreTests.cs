using AsFT.Experiments.Specification;
using AsFT.Training.Judging;

namespace AsFT.Training.Tests.Judging;

public sealed class TaskScoreTests
{
    [Theory]
    [InlineData(TaskMetric.Exact, " business ", "Business", true)]
    [InlineData(TaskMetric.Exact, "It is Business", "Business", false)]
    [InlineData(TaskMetric.Contains, "It is business.", "Business", true)]
    [InlineData(TaskMetric.Contains, "Businesses", "Business", false)]
    [InlineData(TaskMetric.Contains, "World, Sports, Business, Sci/Tech", "Sci/Tech", true)]
    public void TaskScore_FollowsItsMetric(TaskMetric metric, string answer, string gold, bool right) => Assert.Equal(right, TaskScore.IsRight(metric, answer, gold));

    [Fact]
    public void TaskScore_Strict_RefusesAnAnswerThatListsAllClasses()
    {
        string[] classes = ["World", "Sports"];
        Assert.False(TaskScore.IsStrictlyRight("World, Sports", "World", classes));
        Assert.True(TaskScore.IsStrictlyRight("It is World news", "World", classes));
    }

    [Fact]
    public void TaskScore_Labels_CountsKnownNamesOnly() => Assert.Equal(["joy", "fear"], TaskScore.Labels("Joy, fear, glee.", ["joy", "fear", "anger"]));
}
