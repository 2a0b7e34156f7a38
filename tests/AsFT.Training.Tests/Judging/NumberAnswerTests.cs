using AsFT.Experiments.Specification;
using AsFT.Training.Judging;

namespace AsFT.Training.Tests.Judging;

public sealed class NumberAnswerTests
{
    [Theory]
    [InlineData("She has 3 and buys 4. The final answer is: 7 apples out of 10.", "7")]
    [InlineData("The final answer is: 5. No, wait. The final answer is: 6", "6")]
    [InlineData("the FINAL answer is: $1,200.50", "1200.5")]
    [InlineData("3 + 4 = 7\n#### 7", "7")]
    [InlineData("It costs 18. The final answer is: unknown", "18")]
    [InlineData("-3", "-3")]
    [InlineData("−3.0", "-3")]
    [InlineData("-$5", "-5")]
    [InlineData("$-5", "-5")]
    [InlineData("8 of 5-3", "3")]
    [InlineData("+07", "7")]
    [InlineData("0.50", "0.5")]
    [InlineData(".5", "0.5")]
    [InlineData("-0.0", "0")]
    [InlineData("1,000,000", "1000000")]
    [InlineData("12, then 13,", "13")]
    [InlineData("It is 42.", "42")]
    [InlineData("123456789012345678901234567890", "123456789012345678901234567890")]
    [InlineData("none", null)]
    [InlineData("", null)]
    public void In_FindsTheNumber(string answer, string? number) => Assert.Equal(number, NumberAnswer.In(answer));

    [Theory]
    [InlineData("so 1,200.00", "#### 1200", true)]
    [InlineData("12000", "1200", false)]
    [InlineData("-1200", "1200", false)]
    [InlineData("no idea", "1200", false)]
    public void IsRight_ByNumber_ComparesWhatTheyComeTo(string answer, string gold, bool right) => Assert.Equal(right, TaskScore.IsRight(TaskMetric.Number, answer, gold));
}
