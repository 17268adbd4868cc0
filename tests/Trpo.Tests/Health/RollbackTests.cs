using Trpo.Estimators;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Estimators.Optimization;
using Trpo.Tests.Support;

namespace Trpo.Tests.Health;

/// <summary>Tests of diverged trainings, which stop with a diagnosis or roll back to a healthy state.</summary>
public sealed class RollbackTests
{
    private static readonly TrpoOptions Small = new() { TotalSteps = 4_000, StepsPerIteration = 100, HiddenLayers = [8], Seed = 3 };

    // About one step in a thousand.
    private const double Rarely = 0.001;

    [Test]
    public void NaN_from_an_environment_ends_training_and_names_the_environment() =>
        Assert.That(() => new ResumedTraining(() => new BrittleEnvironment(Rarely), Small).Whole(), Throws.TypeOf<EnvironmentException>().With.Message.Contains("'Brittle'").And.Message.Contains("NaN"));

    [Test]
    public void Training_rolls_back_and_continues_with_a_smaller_trust_region()
    {
        var training = new ResumedTraining(() => new BrittleEnvironment(Rarely), Small with { Health = new() { MaxRollbacks = 10 } });
        var iterations = training.Whole().Iterations;
        var rolledBack = iterations.FindIndex(iteration => iteration.Rollbacks == 1);

        Assert.That(rolledBack, Is.GreaterThan(0), "the test is about something");
        Assert.That(training.Warnings, Has.Some.Contains("NaN").And.Some.Contains("rolls back to iteration").And.Some.Contains("with 0.5 times the trust region (MaxRollbacks allows 9 more)"));
        Assert.That(iterations[rolledBack].Iteration, Is.LessThanOrEqualTo(iterations[rolledBack - 1].Iteration + 1).And.GreaterThan(iterations[rolledBack - 1].Iteration - 10));
        Assert.That(iterations[rolledBack].Iteration % 10, Is.EqualTo(1));
        Assert.That(iterations.Select(iteration => iteration.MaxKl), Is.EqualTo(iterations.Select(iteration => 0.01 * Math.Pow(0.5, iteration.Rollbacks))).Within(1e-15));
        Assert.That(iterations[^1].Steps, Is.EqualTo(iterations[^1].TotalSteps), "it comes to the end");
    }

    [Test]
    public void A_rollback_restores_the_earlier_state()
    {
        // With a factor of 1, fresh episodes and other numbers are the only difference: the first iteration again is measured with the same policy and value function.
        var options = Small with { Health = new() { MaxRollbacks = 10, RollbackMaxKlFactor = 1 } };
        var iterations = new ResumedTraining(() => new BrittleEnvironment(Rarely), options).Whole().Iterations;
        var healthy = new ResumedTraining(() => new BrittleEnvironment(0), options).Whole().Iterations;
        var rolledBack = iterations.FindIndex(iteration => iteration.Rollbacks == 1);

        Assert.That(iterations[..rolledBack].Select(iteration => iteration.Entropy), Is.EqualTo(healthy[..rolledBack].Select(iteration => iteration.Entropy)), "until then nothing is different");
        Assert.That(iterations[rolledBack].Returns, Is.Not.EqualTo(healthy[iterations[rolledBack].Iteration - 1].Returns));
        Assert.That(iterations[rolledBack].Steps, Is.EqualTo(healthy[iterations[rolledBack].Iteration - 1].Steps));
    }

    [Test]
    public void The_number_of_rollbacks_is_limited()
    {
        var training = new ResumedTraining(() => new BrittleEnvironment(0.05), Small with { Health = new() { MaxRollbacks = 3 } });

        Assert.That(() => training.Whole(), Throws.TypeOf<EnvironmentException>());
        Assert.That(training.Warnings.Count(warning => warning.Contains("rolls back", StringComparison.Ordinal)), Is.EqualTo(3));
    }

    [Test]
    public void A_failure_of_the_environment_causes_no_rollback()
    {
        var steps = 0;
        var training = new ResumedTraining(() => new StepCounter(new CartPole(), () => _ = ++steps > 1_000 ? throw new TimeoutException("no answer") : 0), Small with { Health = new() { MaxRollbacks = 3 } });

        Assert.That(() => training.Whole(), Throws.TypeOf<EnvironmentException>().With.Message.Contains("no answer"));
        Assert.That(training.Warnings, Is.Empty);
    }

    [Test]
    public void Interrupted_training_rolls_back_in_the_same_way()
    {
        using var folder = new TemporaryFolder();
        var training = new ResumedTraining(() => new BrittleEnvironment(Rarely), Small with { Health = new() { MaxRollbacks = 10 } });
        var whole = training.Whole();
        for (var piece = 0; piece < 12; piece++)
            training.Piece(folder.FullName, cancelAfter: 331);
        var last = training.Piece(folder.FullName);

        Assert.That(whole.Iterations.Select(iteration => iteration.Rollbacks), Has.Some.GreaterThan(0));
        Assert.That(last.Onnx, Is.EqualTo(whole.Onnx));
    }

    [Test]
    public void Rejected_updates_end_training_with_a_diagnosis_and_a_checkpoint()
    {
        using var folder = new TemporaryFolder();
        var options = Small with { Optimizer = new Rejecting(), Health = new() { MaxRejectedUpdates = 5 }, Checkpoints = new() { Folder = folder.FullName, Resume = true } };
        var training = new ResumedTraining(() => new CartPole(), options);

        Assert.That(() => training.Whole(), Throws.TypeOf<TrainingException>().With.Message.StartsWith("Training stopped at iteration 5: 5 updates").And.Message.Contains("KlExceeded"));

        // The training resumes from the checkpoint with other limits.
        var iterations = new ResumedTraining(() => new CartPole(), options with { Health = new() { MaxRejectedUpdates = null } }).Whole().Iterations;
        Assert.That(iterations[0].Iteration, Is.EqualTo(6));
        Assert.That(iterations[0].RejectedInARow, Is.EqualTo(6));
        Assert.That(iterations[^1].Steps, Is.EqualTo(iterations[^1].TotalSteps));
    }

    [Test]
    public void A_training_that_diverged_at_its_last_step_keeps_its_policy_and_warns()
    {
        // The last of forty iterations is the fortieth update that is rejected.
        var training = new ResumedTraining(() => new CountingEnvironment(), Small with { FinalStepsPerIteration = Small.StepsPerIteration, Optimizer = new Rejecting(), Health = new() { MaxRejectedUpdates = 40 } }, count: 1);

        Assert.That(training.Whole().Iterations, Has.Count.EqualTo(40));
        Assert.That(training.Warnings, Has.Some.Contains("Training has ended, but 40 updates"));
    }

    [Test]
    public void A_collapse_ends_training_with_a_diagnosis()
    {
        var training = new ResumedTraining(() => new CountingEnvironment(observe: step => step + 1), Small with { Optimizer = new Sharpening(), HiddenLayers = [] });

        Assert.That(() => training.Whole(), Throws.TypeOf<TrainingException>().With.Message.Contains("the policy has collapsed").And.Message.Contains("EntropyCollapse"));
    }

    [Test]
    public void An_update_with_flipped_sign_is_detected_on_CartPole()
    {
        // The sign of the advantages is flipped: the policy is soon sure of what is worst.
        var options = TrpoOptions.SampleEfficient with { TotalSteps = 60_000, Seed = 1, Optimizer = new ContraryOptimizer(new() { MaxKl = 0.02 }) };

        Assert.That(() => new ResumedTraining(() => new CartPole(), options, count: 8, normalize: true).Whole(), Throws.TypeOf<TrainingException>().With.Message.Contains("collapsed"));
    }

    [Test]
    public void A_gradient_that_is_not_finite_causes_rollbacks()
    {
        var training = new ResumedTraining(() => new CartPole(), Small with { Optimizer = new Diverging(), Health = new() { MaxRollbacks = 2 } });

        Assert.That(() => training.Whole(), Throws.TypeOf<TrainingException>().With.Message.Contains("'weight'"));
        Assert.That(training.Warnings.Count(warning => warning.Contains("rolls back", StringComparison.Ordinal)), Is.EqualTo(2));
        Assert.That(training.Warnings, Has.None.Contains("trust region"), "an optimizer of one's own has its own");
    }

    private sealed class Rejecting : IPolicyOptimizer
    {
        public TrustRegionStep Step(ITrustRegionProblem problem) => new() { Outcome = TrustRegionOutcome.KlExceeded };
    }

    private sealed class Diverging : IPolicyOptimizer
    {
        public TrustRegionStep Step(ITrustRegionProblem problem) => new() { Outcome = TrustRegionOutcome.NonFiniteGradient, Offender = "weight" };
    }

    /// <summary>An optimizer that doubles all parameters, which lowers the entropy.</summary>
    private sealed class Sharpening : IPolicyOptimizer
    {
        public TrustRegionStep Step(ITrustRegionProblem problem)
        {
            var parameters = new double[problem.Length];
            problem.Gradient(new double[problem.Length]);
            problem.CopyTo(parameters);
            problem.Assign([.. parameters.Select(parameter => Math.Clamp(2 * parameter, -100, 100))]);
            return new() { Outcome = TrustRegionOutcome.Accepted, StepFraction = 1 };
        }
    }
}
