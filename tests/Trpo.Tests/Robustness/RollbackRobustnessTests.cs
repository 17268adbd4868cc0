using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Estimators.Optimization;
using Trpo.Tests.Support;

namespace Trpo.Tests.Robustness;

/// <summary>Tests of rollbacks under unusual conditions.</summary>
public sealed class RollbackRobustnessTests
{
    private static readonly TrpoOptions Small = new() { TotalSteps = 500, StepsPerIteration = 100, HiddenLayers = [4], Seed = 3, Health = new() { MaxRollbacks = 3 } };

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void A_rollback_after_a_resume_with_more_steps_still_makes_all_steps()
    {
        One(Small, failsAt: -1).Piece(_folder.FullName);
        var rest = One(Small with { TotalSteps = 1_500 }, failsAt: 150).Piece(_folder.FullName).Iterations;

        Assert.That(rest.Select(iteration => iteration.Rollbacks), Has.Some.EqualTo(1), "the test is about something");
        Assert.That(rest[^1].Steps, Is.EqualTo(1_500));
        Assert.That(rest[^1].TotalSteps, Is.EqualTo(1_500));
    }

    [Test]
    public void Rollbacks_allowed_again_at_a_resume_go_back_by_at_most_ten_iterations()
    {
        var options = Small with { TotalSteps = 6_000 };
        One(options with { Health = new() { MaxRollbacks = 1 } }, failsAt: 350).Piece(_folder.FullName, cancelAfter: 4_200);
        var rest = One(options with { Health = new() { MaxRollbacks = 2 } }, failsAt: 120).Piece(_folder.FullName).Iterations;

        var rolledBack = rest.FindIndex(iteration => iteration.Rollbacks == 2);
        Assert.That(rest[rolledBack - 1].Iteration - rest[rolledBack].Iteration, Is.LessThanOrEqualTo(10));
    }

    [Test]
    public void Occasional_rejected_updates_do_not_lengthen_a_rollback()
    {
        var options = Small with { TotalSteps = 4_000, Optimizer = new LimpingOptimizer(canBeSaved: true, step => step % 10 == 0) };
        var iterations = One(options, failsAt: 3_750).Whole().Iterations;

        var rolledBack = iterations.FindIndex(iteration => iteration.Rollbacks == 1);
        Assert.That(iterations[rolledBack - 1].Iteration - iterations[rolledBack].Iteration, Is.LessThanOrEqualTo(10));
    }

    [Test]
    public void NaN_in_the_reset_after_a_rollback_causes_another_rollback()
    {
        var (steps, resets) = (0, 0);
        var training = new ResumedTraining(() => new FaultyCartPole(() => ++steps == 350, () => steps >= 350 && ++resets == 1), Small, count: 1);

        Assert.That(() => training.Whole(), Throws.Nothing);
    }

    [Test]
    public void A_tiny_factor_leaves_a_positive_radius()
    {
        var steps = 0;
        var training = new ResumedTraining(() => new FaultyCartPole(() => ++steps is 450 or 600), Small with { Health = new() { MaxRollbacks = 3, RollbackMaxKlFactor = 1e-200 } }, count: 1);

        Assert.That(() => training.Whole(), Throws.Nothing);
    }

    [Test]
    public void Rollbacks_allowed_after_divergence_lead_to_a_healthy_state()
    {
        // The obvious remedy: allow rollbacks, and resume from the checkpoints.
        var updates = 0;
        var options = Small with { TotalSteps = 3_000, FinalStepsPerIteration = Small.StepsPerIteration, Optimizer = new LimpingOptimizer(canBeSaved: true, _ => ++updates is > 12 and < 20), Health = new() { MaxRejectedUpdates = 5 } };
        Assert.That(() => One(options, failsAt: -1).Piece(_folder.FullName), Throws.TypeOf<TrainingException>());
        var resumed = One(options with { Health = new() { MaxRejectedUpdates = 5, MaxRollbacks = 2 } }, failsAt: 130);

        Assert.That(() => resumed.Piece(_folder.FullName), Throws.Nothing);
    }

    [Test]
    public void Restarts_of_a_diverged_training_keep_a_healthy_checkpoint()
    {
        var options = Small with { TotalSteps = 3_000, Optimizer = new LimpingOptimizer(canBeSaved: true, _ => true), Health = new() { MaxRejectedUpdates = 5 }, Checkpoints = new() { Folder = _folder.FullName, Resume = true } };
        Assert.That(() => One(options, failsAt: -1).Whole(), Throws.TypeOf<TrainingException>());
        var healthy = Directory.GetFiles(_folder.FullName, "*.checkpoint").Order(StringComparer.Ordinal).First();
        for (var restart = 0; restart < 3; restart++)
            Assert.That(() => One(options, failsAt: -1).Whole(), Throws.TypeOf<TrainingException>());

        Assert.That(healthy, Does.Exist);
    }

    [Test]
    public void A_rollback_is_not_reported_as_a_stop()
    {
        var step = 0;
        var options = Small with { Optimizer = new Diverging(() => ++step == 3) };
        var training = new ResumedTraining(() => new CartPole(), options, count: 1);
        training.Whole();

        Assert.That(training.Warnings, Has.Some.Contains("rolls back"));
        Assert.That(training.Warnings, Has.None.Contains("stopped"));
    }

    [Test]
    public void An_exception_of_a_listener_causes_no_rollback()
    {
        var ml = new MLContext(1);
        var view = ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole(), count: 1, rows: 100);
        var listener = new Throwing();

        Assert.That(() => ml.ReinforcementLearning.Trainers.Trpo(view, Small with { Progress = listener }).Fit(view), Throws.TypeOf<TrainingException>());
        Assert.That(listener.Calls, Is.EqualTo(1));
    }

    private static ResumedTraining One(TrpoOptions options, int failsAt)
    {
        var steps = 0;
        return new ResumedTraining(() => new FaultyCartPole(() => ++steps == failsAt), options, count: 1);
    }

    private sealed class Diverging(Func<bool> diverges) : IPolicyOptimizer
    {
        private readonly TrustRegionOptimizer _inner = new();

        public TrustRegionStep Step(ITrustRegionProblem problem) => diverges() ? new() { Outcome = TrustRegionOutcome.NonFiniteGradient, Offender = "weight" } : _inner.Step(problem);
    }

    private sealed class Throwing : IProgress<TrpoIteration>
    {
        public int Calls { get; private set; }

        public void Report(TrpoIteration value)
        {
            Calls++;
            throw new TrainingException("Enough.");
        }
    }
}
