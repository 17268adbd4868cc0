using Trpo.Estimators.Logs.Evaluation;

namespace Trpo.Tests.Logs;

/// <summary>The error budget of repeated verdicts.</summary>
public sealed class VerdictBudgetTests
{
    [Test]
    public void Shares_of_all_verdicts_add_up_to_the_budget()
    {
        var budget = new VerdictBudget(0.1);
        var spent = Enumerable.Range(1, 100_000).Sum(budget.ShareOf);

        Assert.That(spent, Is.EqualTo(0.1).Within(1e-6).And.LessThan(0.1));
        Assert.That(budget.LevelOf(1), Is.EqualTo(1 - (0.6 / (Math.PI * Math.PI))).Within(1e-12));
        Assert.That(budget.LevelOf(10), Is.GreaterThan(budget.LevelOf(9)).And.LessThan(1));
        Assert.That(new VerdictBudget().Total, Is.EqualTo(0.05));
    }

    [Test]
    public void Values_out_of_range_are_refused()
    {
        foreach (var total in new[] { 0, -1, 0.51, double.NaN })
            Assert.That(() => new VerdictBudget(total), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => new VerdictBudget().LevelOf(0), Throws.TypeOf<ArgumentOutOfRangeException>());
    }
}
