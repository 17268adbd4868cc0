using CsCheck;
using Trpo.Estimators;
using Trpo.Estimators.Resuming;

namespace Trpo.Tests.Resuming;

/// <summary>Schedules whose iterations grow to <see cref="TrpoOptions.FinalStepsPerIteration"/>.</summary>
public sealed class GrowingIterationsTests
{
    private static readonly TrpoOptions Growing = new() { TotalSteps = 100_000, StepsPerIteration = 512, FinalStepsPerIteration = 2_048 };

    [Test]
    public void Iterations_grow_geometrically_between_the_two_lengths_and_make_all_steps()
    {
        var schedule = IterationSchedule.Of(Growing, environments: 8);
        var lengths = Lengths(schedule, 1);

        Assert.That(8 * lengths[0], Is.EqualTo(512).Within(3).Percent);
        Assert.That(8 * lengths[^1], Is.EqualTo(2_048).Within(3).Percent);
        Assert.That(lengths.Sum(), Is.EqualTo(12_500));
        Assert.That(lengths.Zip(lengths.Skip(1), (a, b) => b / (double)a), Is.All.EqualTo(Math.Pow(4, 1.0 / (lengths.Count - 1))).Within(0.03), "up to one step of each environment");
        Assert.That(schedule.MaxSteps, Is.EqualTo(lengths.Max()).Or.EqualTo(lengths.Max() + 1));
    }

    [Test]
    public void Equal_lengths_divide_the_steps_evenly() => Gen.Select(Gen.Int[1, 2_000_000_000], Gen.Int[2, 10_000_000], Gen.Int[1, 1_000]).Sample((total, perIteration, environments) =>
    {
        var schedule = IterationSchedule.Of(new() { TotalSteps = total, StepsPerIteration = perIteration, FinalStepsPerIteration = perIteration }, environments);
        var steps = (int)Math.Ceiling(total / (double)environments);

        Assert.That(schedule, Is.EqualTo(new IterationSchedule(0, 0, Math.Clamp((int)Math.Round((double)total / perIteration), 1, steps), steps)));
    });

    [Test]
    public void Every_schedule_makes_all_steps_in_iterations_that_do_not_shrink() => Schedules.Sample(given =>
    {
        var schedule = IterationSchedule.Of(given.Options, given.Environments);

        Assert.That(schedule.LastStep, Is.EqualTo((int)Math.Ceiling(given.Options.TotalSteps / (double)given.Environments)));
        CheckSteps(schedule, 1, given);
    });

    [Test]
    public void A_longer_schedule_continues_from_the_position_of_the_shorter_one() => Gen.Select(Schedules, Gen.Int[1, 100_000], Gen.Double[0, 1]).Sample((given, more, share) =>
    {
        var shorter = IterationSchedule.Of(given.Options, given.Environments);
        var after = (int)(share * shorter.LastIteration);
        var longer = shorter.Extend(given.Options with { TotalSteps = given.Options.TotalSteps + more }, given.Environments, after);
        if (longer == shorter)
            return;

        CheckSteps(longer, after + 1, given);
        Assert.That(longer.StepsUpTo(after), Is.EqualTo(shorter.StepsUpTo(after)));
        Assert.That(longer.LastStep, Is.EqualTo((int)Math.Ceiling((given.Options.TotalSteps + more) / (double)given.Environments)));
    });

    [Test]
    public void A_finished_training_that_is_extended_continues_with_the_length_of_the_longer_training_at_that_step()
    {
        var finished = IterationSchedule.Of(Growing, environments: 8);
        var longer = finished.Extend(Growing with { TotalSteps = 200_000 }, environments: 8, finished.LastIteration);
        var lengths = Lengths(longer, finished.LastIteration + 1);

        // Half of the steps of a training lie before the iterations of the mean length.
        Assert.That(8 * lengths[0], Is.EqualTo((512 + 2_048) / 2).Within(4).Percent);
        Assert.That(8 * lengths[^1], Is.EqualTo(2_048).Within(4).Percent);
        Assert.That(longer.StepsUpTo(finished.LastIteration), Is.EqualTo(12_500));
        Assert.That(longer.LastStep, Is.EqualTo(25_000));
    }

    [Test]
    public void Schedules_of_the_whole_documented_range_do_not_overflow() => Gen.Select(
        Gen.OneOf(Gen.Const(2_000_000_000), Gen.Int[1, 2_000_000_000]), Gen.OneOf(Gen.Int[2, 20], Gen.Int[2, 10_000_000]), Gen.OneOf(Gen.Const(10_000_000), Gen.Int[2, 10_000_000]), Gen.OneOf(Gen.Const(1), Gen.Int[1, 100_000]), Gen.Double[0, 1])
        .Sample((total, first, last, environments, share) =>
        {
            var options = new TrpoOptions { TotalSteps = total, StepsPerIteration = Math.Min(first, last), FinalStepsPerIteration = Math.Max(first, last) };
            options.Validate();
            var schedule = IterationSchedule.Of(options, environments);
            var iteration = 1 + (int)(share * (schedule.LastIteration - 1));

            Assert.That(schedule.LastStep, Is.EqualTo((int)Math.Ceiling(total / (double)environments)));
            Assert.That(schedule.StepsUpTo(schedule.LastIteration), Is.EqualTo(schedule.LastStep));
            Assert.That(schedule.StepsUpTo(0), Is.Zero);
            Assert.That(new[] { 1, iteration, schedule.LastIteration }.Select(schedule.StepsOf), Is.All.InRange(1, schedule.MaxSteps));
            Assert.That((long)schedule.MaxSteps * environments, Is.LessThanOrEqualTo((1.5 * options.FinalStepsPerIteration!.Value) + (2 * environments)));
        });

    [TestCase(1.0)]
    [TestCase(4.0)]
    public void A_schedule_is_restored_as_it_was_saved(double growth)
    {
        var schedule = new IterationSchedule(3, 100, 40, 3_000, growth);

        Assert.That(Restored(schedule), Is.EqualTo(schedule));
    }

    [TestCase(0.5)]
    [TestCase(double.NaN)]
    [TestCase(double.PositiveInfinity)]
    [TestCase(2e7)]
    public void A_growth_that_no_options_have_is_refused(double growth) =>
        Assert.That(() => Restored(new IterationSchedule(0, 0, 40, 3_000, growth)), Throws.TypeOf<InvalidDataException>().With.Message.Contains("contradicts itself"));

    [TestCase(1)]
    [TestCase(10_000_001)]
    public void A_final_length_out_of_range_is_refused(int length) =>
        Assert.That(() => (Growing with { FinalStepsPerIteration = length }).Validate(), Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("FinalStepsPerIteration"));

    [Test]
    public void Iterations_grow_to_four_times_their_length_by_default_where_that_leaves_many_of_them() => Assert.Multiple(() =>
    {
        Assert.That(Last(new() { TotalSteps = 300_000 }), Is.EqualTo(2_048));
        Assert.That(Last(new() { TotalSteps = 102_400 }), Is.EqualTo(2_048));
        Assert.That(Last(new() { TotalSteps = 51_200 }), Is.EqualTo(1_024), "a 50th of the steps");
        Assert.That(Last(new() { TotalSteps = 25_600 }), Is.EqualTo(512));
        Assert.That(Last(new() { TotalSteps = 700 }), Is.EqualTo(512));
        Assert.That(Last(new() { TotalSteps = 2_000_000_000, StepsPerIteration = 10_000_000 }), Is.EqualTo(10_000_000));
        Assert.That(Last(new() { FinalStepsPerIteration = 100 }), Is.EqualTo(512), "iterations do not shrink");
        Assert.That(Last(new() { TotalSteps = 1_000, FinalStepsPerIteration = 1_000 }), Is.EqualTo(1_000), "what is set is not changed");
        Assert.That(Last(TrpoOptions.SampleEfficient), Is.EqualTo(512));

        static int Last(TrpoOptions options)
        {
            options.Validate();
            return options.MaxStepsPerIteration;
        }
    });

    private static Gen<(TrpoOptions Options, int Environments)> Schedules { get; } = Gen.Select(Gen.Int[1, 100_000], Gen.Int[2, 5_000], Gen.Double[1, 50], Gen.Int[1, 40])
        .Select((total, first, growth, environments) => (new TrpoOptions { TotalSteps = total, StepsPerIteration = first, FinalStepsPerIteration = (int)(first * growth) }, environments));

    private static List<int> Lengths(IterationSchedule schedule, int first) => [.. Enumerable.Range(first, schedule.LastIteration - first + 1).Select(schedule.StepsOf)];

    private static void CheckSteps(IterationSchedule schedule, int first, (TrpoOptions Options, int Environments) given)
    {
        var lengths = Lengths(schedule, first);
        Assert.That(lengths, Is.All.GreaterThan(0));
        Assert.That(lengths.Zip(lengths.Skip(1), (a, b) => b - a), Is.All.GreaterThanOrEqualTo(-1), "but for the rounding of a step");
        Assert.That(lengths.Max(), Is.LessThanOrEqualTo(schedule.MaxSteps));
        Assert.That(lengths.Max() * (long)given.Environments, Is.LessThanOrEqualTo((1.5 * given.Options.FinalStepsPerIteration!.Value) + (2 * given.Environments)));
        Assert.That(lengths.Sum(), Is.EqualTo(schedule.LastStep - schedule.StepsUpTo(first - 1)));
    }

    private static IterationSchedule Restored(IterationSchedule schedule)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        schedule.SaveState(writer);
        stream.Position = 0;
        using var reader = new BinaryReader(stream);
        return IterationSchedule.Restore(reader);
    }
}
