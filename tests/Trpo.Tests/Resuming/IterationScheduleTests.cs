using CsCheck;
using Trpo.Estimators;
using Trpo.Estimators.Resuming;

namespace Trpo.Tests.Resuming;

public sealed class IterationScheduleTests
{
    [Test]
    public void Steps_are_divided_as_evenly_as_possible()
    {
        // 1,000 steps in 3 environments are 334 each; 1,000 / 300 rounds to 3 iterations.
        var schedule = IterationSchedule.Of(new() { TotalSteps = 1_000, StepsPerIteration = 300 }, environments: 3);

        Assert.That(schedule, Is.EqualTo(new IterationSchedule(0, 0, 3, 334)));
        Assert.That(Enumerable.Range(1, 3).Select(schedule.StepsOf), Is.EqualTo(new[] { 111, 111, 112 }));
        Assert.That(Enumerable.Range(1, 3).Select(schedule.Fraction), Is.EqualTo(new[] { 0, 0.5, 1 }));
        Assert.That(schedule.MaxSteps, Is.EqualTo(112));
    }

    [Test]
    public void Every_schedule_makes_all_steps_in_iterations_of_nearly_one_length() => Schedules.Sample(given =>
    {
        var schedule = IterationSchedule.Of(given.Options, given.Environments);
        CheckSteps(schedule, 1);

        Assert.That(schedule.LastStep, Is.EqualTo((int)Math.Ceiling(given.Options.TotalSteps / (double)given.Environments)));
    });

    [Test]
    public void A_longer_schedule_continues_from_the_position_of_the_shorter_one() => Gen.Select(Schedules, Gen.Int[1, 100_000], Gen.Double[0, 1]).Sample((given, more, share) =>
    {
        var shorter = IterationSchedule.Of(given.Options, given.Environments);
        var after = (int)(share * shorter.LastIteration);
        var longer = shorter.Extend(given.Options with { TotalSteps = given.Options.TotalSteps + more }, given.Environments, after);
        if (longer == shorter)
            return;

        CheckSteps(longer, after + 1);
        Assert.That(longer.StepsUpTo(after), Is.EqualTo(shorter.StepsUpTo(after)));
        Assert.That(longer.LastStep, Is.EqualTo((int)Math.Ceiling((given.Options.TotalSteps + more) / (double)given.Environments)));
    });

    [Test]
    public void Schedules_of_the_whole_documented_range_do_not_overflow() => Gen.Select(Gen.OneOf(Gen.Const(2_000_000_000), Gen.Int[1, 2_000_000_000]), Gen.OneOf(Gen.Int[2, 20], Gen.Int[2, 10_000_000]), Gen.OneOf(Gen.Const(1), Gen.Int[1, 100_000]), Gen.Double[0, 1])
        .Sample((total, perIteration, environments, share) =>
        {
            var schedule = IterationSchedule.Of(new() { TotalSteps = total, StepsPerIteration = perIteration, FinalStepsPerIteration = perIteration }, environments);
            var iteration = 1 + (int)(share * (schedule.LastIteration - 1));

            Assert.That(schedule.LastStep, Is.EqualTo((int)Math.Ceiling(total / (double)environments)));
            Assert.That(schedule.StepsUpTo(schedule.LastIteration), Is.EqualTo(schedule.LastStep));
            Assert.That(schedule.StepsUpTo(0), Is.Zero);
            Assert.That(new[] { 1, iteration, schedule.LastIteration }.Select(schedule.StepsOf), Is.All.InRange(Math.Max(schedule.MaxSteps - 1, 1), schedule.MaxSteps));
            Assert.That((long)schedule.MaxSteps * environments, Is.LessThanOrEqualTo((1.5 * perIteration) + (2 * environments)));
        });

    private static Gen<(TrpoOptions Options, int Environments)> Schedules { get; } =
        Gen.Select(Gen.Int[1, 100_000], Gen.Int[2, 5_000], Gen.Int[1, 40]).Select((total, perIteration, environments) => (new TrpoOptions { TotalSteps = total, StepsPerIteration = perIteration, FinalStepsPerIteration = perIteration }, environments));

    private static void CheckSteps(IterationSchedule schedule, int first)
    {
        var steps = Enumerable.Range(first, schedule.LastIteration - first + 1).Select(schedule.StepsOf).ToList();
        Assert.That(steps, Is.All.GreaterThan(0));
        Assert.That(steps.Max() - steps.Min(), Is.LessThanOrEqualTo(1));
        Assert.That(steps.Max(), Is.EqualTo(schedule.MaxSteps));
        Assert.That(steps.Sum(), Is.EqualTo(schedule.LastStep - schedule.StepsUpTo(first - 1)));
    }
}
