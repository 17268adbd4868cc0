using System.Globalization;
using CsCheck;
using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Resuming;
using Trpo.Estimators.Training;
using Trpo.Tests.Support;

namespace Trpo.Tests.Training;

/// <summary>Tests of the estimate of a training's memory, against the memory of real trainings and over the ranges of the options.</summary>
public sealed class MemoryEstimateTests
{
    private const long Gigabyte = 1_000_000_000;

    [TestCase(60_000, 0, "kernels", new[] { 64, 64 })]
    [TestCase(2_000, 0, "kernels", new[] { 512, 512 })]
    [TestCase(20_000, 3, "kernels", new[] { 16 })]
    [TestCase(60_000, 0, "products", new[] { 64, 64 })]
    [TestCase(60_000, 0, "torch", new[] { 16 })]
    [TestCase(4_000, 1, "torch", new[] { 512 })]
    [TestCase(2_000, 0, "evaluated", new[] { 1_024, 1_024 })]
    public void The_estimate_is_within_a_factor_of_two_of_the_memory_that_a_training_takes(int steps, int reused, string network, int[] widths)
    {
        if (!OperatingSystem.IsLinux())
            Assert.Ignore("The peak of the resident memory is read from Linux.");
        var arguments = new[] { steps, reused }.Select(Text).Append(network).Concat(widths.Select(Text));
        var (exitCode, output, error) = Child.Run("Trpo.LongRuns", ["memory", .. arguments]);
        Assert.That(exitCode, Is.Zero, error);
        var measured = double.Parse(output, CultureInfo.InvariantCulture);

        // The environments of the program are 400 of CartPole.
        var options = new TrpoOptions { TotalSteps = steps * (reused + 2), StepsPerIteration = steps, ReusedIterations = reused, HiddenLayers = widths };
        if (network == "products")
            options = options with { Engine = TrainingEngine.TorchSharp };
        var sizes = TrainingSizes.OfPerceptron(options, 400, 4, 1, 2, 2);
        if (network == "evaluated")
            options = options with { Evaluation = new() { Every = steps, Episodes = 100, KeepBest = true } };
        if (network == "torch")
            sizes = sizes with { PolicyEngine = NetworkEngine.TorchGraphs };
        var estimate = new MemoryEstimate(options, sizes, IterationSchedule.Of(options, 400).MaxSteps).Total;
        TestContext.Out.WriteLine($"{measured / 1e6:F0} MB measured, {estimate / 1e6:F0} MB estimated");
        Assert.That(estimate / measured, Is.InRange(0.5, 2));

        static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
    }

    [TestCase("kernels")]
    [TestCase("products")]
    public void The_estimate_of_a_row_of_large_networks_is_not_below_the_memory_that_it_takes(string network)
    {
        if (!OperatingSystem.IsLinux())
            Assert.Ignore("The peak of the resident memory is read from Linux.");
        const int few = 2_000, many = 20_000;

        // The difference of two trainings has no part that does not depend on the number of rows.
        var (first, second) = (Measure(few), Measure(many));
        var (measured, estimated) = ((second.Growth - first.Growth) / (many - few), (second.Estimate - first.Estimate) / (many - few));
        TestContext.Out.WriteLine($"{measured:F0} bytes per row measured, {estimated:F0} estimated");
        Assert.That(estimated / measured, Is.InRange(1, 2));

        (double Growth, double Estimate) Measure(int steps)
        {
            var (exitCode, output, error) = Child.Run("Trpo.LongRuns", ["rows", steps.ToString(CultureInfo.InvariantCulture), network, "376", "17", "256", "256"]);
            Assert.That(exitCode, Is.Zero, error);
            double[] values = [.. output.Split(' ').Select(text => double.Parse(text, CultureInfo.InvariantCulture))];
            return (values[0], values[1]);
        }
    }

    [Test]
    public void Options_of_the_documented_ranges_train_or_are_refused() => Gen.Select(
        Gen.Select(Gen.Int[1, 2_000_000_000], Gen.Int[2, 10_000_000], Gen.Int[1, 20].Select(Gen.Int[1, 100_000], (few, many) => few == 20 ? many : few)),
        Gen.Select(Gen.Int[1, 5_000], Gen.Int[1, 50], Gen.Int[1, 200]),
        Gen.Int[1, 4_096].List[0, 6],
        Gen.Select(Gen.OneOf(Gen.Const(0), Gen.Int[0, 100]), Gen.Double[0.01, 1], Gen.Int[0, 2])).Sample((run, lengths, layers, other) =>
    {
        var ((total, perIteration, environments), (observation, action, outputs), (reused, fraction, states)) = (run, lengths, other);
        var options = new TrpoOptions
        {
            TotalSteps = total,
            StepsPerIteration = perIteration,
            HiddenLayers = layers,
            ReusedIterations = reused,
            FisherFraction = fraction,
            Checkpoints = states == 2 ? new() { Folder = "checkpoints" } : null,
            Health = new() { MaxRollbacks = states == 1 ? 3 : 0 },
        };
        options.Validate();
        var sizes = TrainingSizes.OfPerceptron(options, environments, observation, action, outputs, outputs + action);
        var schedule = IterationSchedule.Of(options, environments);
        if (Refusal(options, sizes, schedule, 64 * Gigabyte) is { } refusal)
        {
            Assert.That(refusal, Does.Contain("Lower"));
            return;
        }

        // What is not refused has no length that an int cannot hold.
        Assert.That((long)schedule.LastStep * environments, Is.LessThanOrEqualTo(int.MaxValue));
        var rows = (long)schedule.MaxSteps * environments * (reused + 1);
        Assert.That(rows * Math.Max(Math.Max(observation, outputs + action), layers.DefaultIfEmpty(1).Max()), Is.LessThanOrEqualTo(Array.MaxLength));
    });

    [Test]
    public void A_refusal_names_the_estimate_the_limit_and_a_number_of_steps_that_fits() => Gen.Select(Gen.Int[1_000_000, 10_000_000], Gen.Int[1, 64], Gen.Int[0, 5], Gen.Int[100, 1_500]).Sample((perIteration, environments, reused, megabytes) =>
    {
        var options = new TrpoOptions { TotalSteps = 2_000_000_000, StepsPerIteration = perIteration, ReusedIterations = reused };
        var limit = megabytes * 1_000_000L;
        var refusal = Refusal(options, SizesOf(options), IterationSchedule.Of(options, environments), limit);
        if (refusal is null)
            return;

        Assert.That(refusal, Does.Match(@"^Training in iterations of [\d,]+ steps(, reusing those of \d earlier ones,)? needs ").And.Contains(reused > 0 ? "ReusedIterations" : "HiddenLayers"));
        Assert.That(refusal, Does.Contain("array of").Or.Contains("this process may use"));
        var steps = int.Parse(refusal.Split("StepsPerIteration to ")[1].Split(" or less")[0], NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
        var smaller = options with { StepsPerIteration = steps };
        Assert.That(Refusal(smaller, SizesOf(smaller), IterationSchedule.Of(smaller, environments), limit), Is.Null);

        TrainingSizes SizesOf(TrpoOptions options) => TrainingSizes.OfPerceptron(options, environments, 4, 1, 2, 2);
    });

    [Test]
    public void A_training_that_would_not_fit_into_memory_is_refused_before_the_first_step()
    {
        var created = 0;
        var network = Fit(new() { HiddenLayers = [.. Enumerable.Repeat(4_096, 100)] });
        var wide = Fit(new() { HiddenLayers = [.. Enumerable.Repeat(4_096, 10_000)] });
        var longest = Fit(new() { TotalSteps = 2_000_000_000, StepsPerIteration = 10_000_000, HiddenLayers = [4_096] });
        var steps = Fit(new() { TotalSteps = 2_000_000_000, StepsPerIteration = 10_000_000, HiddenLayers = [.. Enumerable.Repeat(128, 2_000)] });
        var custom = Fit(new() { TotalSteps = 2_000_000_000, StepsPerIteration = 10_000_000, ReusedIterations = 100, Network = arguments => new Perceptron(arguments.Inputs, [64, 64], arguments.Outputs, Activation.Tanh, 0.01, arguments.Random) });

        Assert.That(network, Does.Match(@"needs about \d+ GB of memory .* this process may use [\d.]+ GB").And.EndsWith("Lower the widths or the number of HiddenLayers."));
        Assert.That(wide, Does.Contain("needs an array of 1.678E+11 elements").And.EndsWith("Lower the widths or the number of HiddenLayers."));
        Assert.That(longest, Does.StartWith("Training in iterations of 10,000,000 steps needs an array of 4.096E+10 elements; the maximum is 2,147,483,591. Lower StepsPerIteration to "));
        Assert.That(steps, Does.Contain("for the policy's update").And.Contains("StepsPerIteration to "));
        Assert.That(custom, Does.Contain("reusing those of 100 earlier ones"));

        string Fit(TrpoOptions options)
        {
            var ml = new MLContext(1);
            var view = ml.ReinforcementLearning.LoadFromEnvironment(() => new CountingEnvironment(reward: _ => throw new InvalidDataException($"Step {created++}.")), count: 1);
            return Assert.Throws<InvalidOperationException>(() => ml.ReinforcementLearning.Trainers.Trpo(view, options with { Seed = 1 }).Fit(view))!.Message;
        }
    }

    [Test]
    public void The_longest_of_growing_iterations_counts_and_the_refusal_names_the_option_that_sets_it()
    {
        var growing = new TrpoOptions { TotalSteps = 100_000_000, StepsPerIteration = 500, FinalStepsPerIteration = 10_000_000 };
        var sizes = TrainingSizes.OfPerceptron(growing, 8, 4, 1, 2, 2);
        var refusal = Refusal(growing, sizes, IterationSchedule.Of(growing, 8), Gigabyte);

        Assert.That(refusal, Does.StartWith("Training in iterations of ").And.Contains(" Lower FinalStepsPerIteration to "));
        var steps = int.Parse(refusal!.Split("FinalStepsPerIteration to ")[1].Split(" or less")[0], NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
        Assert.That(steps, Is.InRange(100_000, 1_000_000));
        var smaller = growing with { FinalStepsPerIteration = steps };
        Assert.That(Refusal(smaller, sizes, IterationSchedule.Of(smaller, 8), Gigabyte), Is.Null);
        var longer = growing with { StepsPerIteration = 5_000_000 };
        Assert.That(Refusal(longer, sizes, IterationSchedule.Of(longer, 8), Gigabyte), Does.Contain("Lower StepsPerIteration and FinalStepsPerIteration to "));
    }

    [Test]
    public void The_best_policy_and_the_episodes_of_evaluations_count()
    {
        var plain = new TrpoOptions { TotalSteps = 10_000, StepsPerIteration = 500, HiddenLayers = [2_048, 2_048] };
        var sizes = TrainingSizes.OfPerceptron(plain, 8, 4, 1, 2, 2);
        var schedule = IterationSchedule.Of(plain, 8);
        double Total(TrpoOptions options) => new MemoryEstimate(options, sizes, schedule.MaxSteps).Total;
        var best = plain with { Evaluation = new() { Every = 1_000, Episodes = 20, KeepBest = true } };
        var saved = plain with { Checkpoints = new() { Folder = "checkpoints" } };
        var bytes = sizes.PolicyLength * 8.0;

        Assert.That(Total(best) - Total(plain), Is.InRange(3 * bytes, 6 * bytes));
        Assert.That(Total(best with { Checkpoints = saved.Checkpoints }) - Total(best), Is.GreaterThan(Total(saved) - Total(plain) + bytes), "it is in the checkpoints too");
        Assert.That(Total(plain with { Evaluation = new() { Every = 1_000, Episodes = 20 } }), Is.EqualTo(Total(plain)).Within(0.01).Percent);
        var many = new TrpoOptions { TotalSteps = 10_000, StepsPerIteration = 500, Evaluation = new() { Every = 1_000, Episodes = 1_000_000 } };
        Assert.That(Refusal(many, TrainingSizes.OfPerceptron(many, 8, 4, 1, 2, 2), schedule, 50_000_000), Does.Contain(" for evaluations").And.EndsWith("Lower Evaluation.Episodes, or the widths or the number of HiddenLayers."));
        var images = TrainingSizes.OfPerceptron(many, 1_000, 100_000, 1, 2, 2);
        Assert.That(new MemoryEstimate(many with { Evaluation = new() { Every = 1_000, Episodes = 500 } }, images, 1).Evaluations, Is.GreaterThan(500 * 100_000 * sizeof(float)));
    }

    [TestCase(8)]
    [TestCase(13)]
    public void The_longest_training_begins(int stepsPerIteration)
    {
        using var cancellation = new CancellationTokenSource();
        var ml = new MLContext(1);
        var listener = new Listener();
        var view = ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole(), count: 1);
        var progress = new CancelAfterFirst(listener, cancellation);
        ml.ReinforcementLearning.Trainers.Trpo(view, new() { TotalSteps = 2_000_000_000, StepsPerIteration = stepsPerIteration, HiddenLayers = [4], Seed = 1, Progress = progress, Cancellation = cancellation.Token }).Fit(view).Dispose();

        Assert.That(listener.Iterations[0].TotalSteps, Is.EqualTo(2_000_000_000));
        Assert.That(listener.Iterations[0].Steps, Is.InRange(stepsPerIteration - 1, stepsPerIteration));
    }

    [Test]
    public void More_environments_than_an_array_holds_observations_of_are_refused_with_their_count()
    {
        var ml = new MLContext(1);

        Assert.That(() => ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole(), count: 1_000_000_000), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.StartsWith("1000000000 environments 'CartPole'"));
    }

    private static string? Refusal(TrpoOptions options, TrainingSizes sizes, IterationSchedule schedule, long available)
    {
        try
        {
            MemoryEstimate.Check(options, sizes, schedule, available);
            return null;
        }
        catch (InvalidOperationException exception)
        {
            return exception.Message;
        }
    }

    private sealed class CancelAfterFirst(Listener listener, CancellationTokenSource cancellation) : IProgress<TrpoIteration>
    {
        public void Report(TrpoIteration value)
        {
            listener.Report(value);
            cancellation.Cancel();
        }
    }
}
