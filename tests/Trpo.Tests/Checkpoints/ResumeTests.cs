using Trpo.Estimators;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Tests.Support;

namespace Trpo.Tests.Checkpoints;

/// <summary>Trainings in pieces, compared bit for bit with uninterrupted ones.</summary>
public sealed class ResumeTests
{
    private static readonly TrpoOptions Small = new() { TotalSteps = 1_200, StepsPerIteration = 150, HiddenLayers = [8], Seed = 3 };

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeTheFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteTheFolder() => _folder.Dispose();

    private static IEnumerable<TestCaseData> Trainings()
    {
        yield return Case(nameof(CartPole), () => new CartPole(), Small, 1, true);
        yield return Case(nameof(Acrobot), () => new Acrobot(), Small, 1, false);
        yield return Case(nameof(MountainCar), () => new MountainCar(), Small, 1, true);
        yield return Case(nameof(MountainCarContinuous), () => new MountainCarContinuous(), Small, 1, false);
        yield return Case(nameof(Pendulum), () => new Pendulum(), Small, 1, false);
        yield return Case("a time limit", () => new TimeLimit(new CartPole(), 13), Small, 1, false);
        yield return Case("threads", () => new CartPole(), Small with { Threads = 1 }, 2, false);
        yield return Case("normalized observations", () => new Pendulum(), Small with { NormalizeObservations = true }, 1, false);
        yield return Case("reused iterations", () => new CartPole(), Small with { ReusedIterations = 2, FinalMaxKl = 0.001, EntropyBonus = 0.01 }, 1, false);
        yield return Case("growing iterations", () => new CartPole(), Small with { FinalStepsPerIteration = 450, ReusedIterations = 2 }, 2, false);
        yield return Case("everything", () => new Pendulum(), Small with { FinalStepsPerIteration = 300, ReusedIterations = 3, NormalizeObservations = true, EntropyBonus = 0.1, Health = new() { MaxRollbacks = 2 } }, 2, true);
        yield return Case("a custom network", () => new CartPole(), Small with { Network = arguments => new BufferedNetwork(arguments.Inputs, arguments.Outputs, arguments.Random) }, 1, false);
    }

    private static TestCaseData Case(string name, Func<IEnvironment> environment, TrpoOptions options, int threads, bool normalize) =>
        new TestCaseData(environment, options, threads, normalize).SetArgDisplayNames(name);

    [TestCaseSource(nameof(Trainings))]
    public void A_training_in_pieces_equals_an_uninterrupted_one_bit_for_bit(Func<IEnvironment> environment, TrpoOptions options, int threads, bool normalize)
    {
        var training = new ResumedTraining(environment, options, threads: threads, normalize: normalize);
        var whole = training.Whole();

        // Stops are in the middle and at the end of iterations, in the first and in the last one. An iteration is 50 steps in each of three environments.
        int[] pieces = [1, 149, 150, 151, 450, 2, 1];
        var reported = new List<TrpoIteration>();
        foreach (var steps in pieces)
            reported.AddRange(training.Piece(_folder.FullName, steps).Iterations);
        var last = training.Piece(_folder.FullName);
        reported.AddRange(last.Iterations);

        Assert.That(last.Onnx, Is.EqualTo(whole.Onnx));
        Assert.That(reported.Select(Measured), Is.EqualTo(whole.Iterations.Select(Measured)), "every iteration is reported once");
        Assert.That(training.Warnings.Where(warning => !warning.Contains("cancelled", StringComparison.Ordinal) && !warning.Contains("unscaled", StringComparison.Ordinal) && !warning.Contains("off its center", StringComparison.Ordinal) && !warning.Contains("No episode", StringComparison.Ordinal)), Is.Empty);
        Assert.That(reported.Select(iteration => iteration.Elapsed), Is.Ordered.Ascending);
    }

    // The values that do not depend on the clock.
    private static object Measured(TrpoIteration iteration) =>
        (iteration.Iteration, iteration.Steps, iteration.TotalSteps, string.Join(" ", iteration.Returns), iteration.MeanReturnOfLast100, iteration.MeanEpisodeLength,
            iteration.Update, iteration.MaxKl, iteration.Entropy, iteration.ExplainedVariance, iteration.ValueLoss);

    [Test]
    public void A_finished_training_is_not_trained_again()
    {
        var training = new ResumedTraining(() => new CartPole(), Small);
        var first = training.Piece(_folder.FullName);
        var again = training.Piece(_folder.FullName);

        Assert.That(again.Iterations, Is.Empty);
        Assert.That(again.Onnx, Is.EqualTo(first.Onnx));
    }
}
