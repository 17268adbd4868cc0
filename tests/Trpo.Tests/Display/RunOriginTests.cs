using Trpo.Estimators.Display;
using Trpo.Tests.Support;

namespace Trpo.Tests.Display;

/// <summary>Tests that an iteration is its numbers, wherever they come from.</summary>
public sealed class RunOriginTests
{
    [Test]
    public void Iterations_of_two_trainings_with_the_same_numbers_are_equal()
    {
        using var one = new TrainingRun("one", _ => { });
        using var two = new TrainingRun("two", _ => { });
        var iteration = Iterations.Healthy(3);

        Assert.That(iteration with { Run = one }, Is.EqualTo(iteration with { Run = two }));
        Assert.That((iteration with { Run = one }).GetHashCode(), Is.EqualTo(iteration.GetHashCode()));
        Assert.That((iteration with { Run = one }).Run, Is.SameAs(one));
    }
}
