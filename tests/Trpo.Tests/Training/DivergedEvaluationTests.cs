using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using Trpo.Estimators;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Optimization;
using Trpo.Onnx.Graph;
using Trpo.Tests.Support;

namespace Trpo.Tests.Training;

/// <summary>The best policy of a training that diverged after evaluations.</summary>
public sealed class DivergedEvaluationTests
{
    private static readonly TrpoOptions Small = new() { TotalSteps = 4_000, StepsPerIteration = 200, HiddenLayers = [8], Seed = 3, NormalizeObservations = true, Evaluation = new() { Every = 200, Episodes = 4, KeepBest = true } };

    [Test]
    public void The_exception_has_the_best_policy_with_its_evaluation_over_other_episodes()
    {
        var (iterations, exception, view, _) = Diverge(Small with { Optimizer = new Diverging(after: 6) });
        using var best = exception.BestPolicy!;
        var evaluation = iterations.Select(iteration => iteration.Evaluation).OfType<TrpoEvaluation>().MaxBy(evaluated => evaluated.MeanReturn)!;
        var ml = new MLContext(1);

        Assert.That(iterations, Has.Count.EqualTo(6));
        Assert.That(exception.Message, Does.StartWith("Training stopped at iteration 7: the derivative by the policy's parameter 'weight' is not finite").And.EndsWith(" The best policy of the evaluations is in BestPolicy of this exception."));
        Assert.That(ml.ReinforcementLearning.Evaluate(best, view, 4, evaluation.Seed).Returns, Is.EqualTo(evaluation.Returns));
        var provenance = best.Metadata.Provenance;
        Assert.That(provenance["steps"], Is.EqualTo($"{evaluation.Steps}"));
        var fresh = ml.ReinforcementLearning.Evaluate(best, view, 4, int.Parse(provenance["evaluated_seed"], CultureInfo.InvariantCulture));
        Assert.That(double.Parse(provenance["evaluated_return"], CultureInfo.InvariantCulture), Is.EqualTo(fresh.MeanReturn));
    }

    [Test]
    public void The_page_on_training_returns_the_best_policy()
    {
        var ml = new MLContext(1);
        var view = ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole(), count: 4);
        using var policy = Fit(ml.ReinforcementLearning.Trainers.Trpo(view, Small with { Optimizer = new Diverging(after: 6) }), view);
        Assert.That(policy.Metadata.Provenance["evaluated_episodes"], Is.EqualTo("4"));

        static Trpo.Onnx.PolicyTransformer Fit(TrpoEstimator trainer, EnvironmentDataView environment)
        {
            try
            {
                return trainer.Fit(environment);
            }
            catch (TrainingException exception) when (exception.BestPolicy is not null)
            {
                return exception.BestPolicy;                              // without the transforms in front of the trainer
            }
        }
    }

    [Test]
    public void An_environment_that_failed_leaves_the_best_policy_of_the_checkpoint_to_a_cancelled_token()
    {
        using var folder = new TemporaryFolder();
        var options = Small with { Checkpoints = new() { Folder = folder.FullName, Resume = true } };
        var (steps, best) = (0, new Listener());
        Assert.That(() => Fit(options with { Progress = best }, () => new StepCounter(new CartPole(), () =>
        {
            if (++steps == 1_500)
                throw new InvalidOperationException("The plant tripped.");
        })), Throws.TypeOf<EnvironmentException>());
        using var policy = Fit(options with { Cancellation = new CancellationToken(canceled: true) }, () => new StepCounter(new CartPole(), () => steps++)).Policy;

        Assert.That(policy.Metadata.Provenance["steps"], Is.EqualTo($"{best.Iterations.Where(iteration => iteration.Evaluation is { IsBest: true }).Last().Steps}"));
    }

    [Test]
    public void Without_KeepBest_or_before_the_first_evaluation_there_is_none()
    {
        var (_, unkept, _, _) = Diverge(Small with { Optimizer = new Diverging(after: 6), Evaluation = Small.Evaluation! with { KeepBest = false } });
        var (_, early, _, _) = Diverge(Small with { Optimizer = new Diverging(after: 1), Evaluation = Small.Evaluation! with { Every = 1_000 } });

        Assert.That((unkept.BestPolicy, early.BestPolicy), Is.EqualTo((default(Trpo.Onnx.PolicyTransformer), default(Trpo.Onnx.PolicyTransformer))));
        Assert.That(unkept.Message, Does.Not.Contain("BestPolicy"));
    }

    [Test]
    public void A_failure_of_the_last_evaluation_hides_neither_the_divergence_nor_the_policy()
    {
        var isOver = false;
        var (_, exception, _, warnings) = Diverge(Small with { Optimizer = new Diverging(after: 6) },
            () => new StepCounter(new CartPole(), () =>
            {
                if (isOver)
                    throw new InvalidOperationException("The plant tripped.");
            }),
            diverged: () => isOver = true);

        Assert.That(exception.Message, Does.StartWith("Training stopped at iteration 7"));
        Assert.That(exception.BestPolicy, Is.Not.Null);
        Assert.That(exception.BestPolicy!.Metadata.Provenance.Keys, Has.None.EqualTo("evaluated_return"));
        Assert.That(warnings, Has.Some.Contains("The plant tripped."));
        exception.BestPolicy.Dispose();
    }

    [Test]
    public void A_policy_that_can_no_longer_be_exported_does_not_hide_the_divergence()
    {
        var isOver = false;
        var (_, exception, _, warnings) = Diverge(Small with { Optimizer = new Diverging(after: 6), Network = arguments => new Unexported(arguments, () => isOver) }, diverged: () => isOver = true);

        Assert.That(exception.Message, Does.StartWith("Training stopped at iteration 7"));
        Assert.That(exception.BestPolicy, Is.Null);
        Assert.That(warnings, Has.Some.Contains("InvalidTimeZoneException: no graph"));
    }

    [Test]
    public void A_cancelled_token_and_Resume_give_the_best_policy_of_the_checkpoint_and_leave_the_run_as_it_is()
    {
        using var folder = new TemporaryFolder();
        var options = Small with { Optimizer = new Rejecting(after: 4), Health = new() { MaxRejectedUpdates = 5 }, Checkpoints = new() { Folder = folder.FullName, Resume = true } };
        var (_, exception, _, _) = Diverge(options, () => new CountingEnvironment());
        var files = Directory.GetFiles(folder.FullName, "*.checkpoint");
        using var best = exception.BestPolicy!;

        using var cancelled = Fit(options with { Cancellation = new CancellationToken(canceled: true) }, () => new CountingEnvironment()).Policy;
        Assert.That(cancelled.Metadata.Provenance["steps"], Is.EqualTo(best.Metadata.Provenance["steps"]).And.EqualTo("200"));
        var observations = Enumerable.Range(0, 4).Select(step => (float)step).ToArray();
        Assert.That(observations.Select(value => Score(cancelled, value)), Is.EqualTo(observations.Select(value => Score(best, value))));
        Assert.That(Directory.GetFiles(folder.FullName, "*.checkpoint"), Is.EqualTo(files));

        // It has still diverged, but goes on with other options.
        var (iterations, again, _, _) = Diverge(options, () => new CountingEnvironment());
        again.BestPolicy?.Dispose();
        Assert.That(iterations, Is.Empty);
        using var policy = Fit(options with { Health = new() { MaxRejectedUpdates = null } }, () => new CountingEnvironment()).Policy;
        Assert.That(policy.Metadata.Provenance["steps"], Is.EqualTo("200"), "all evaluations are equal, and the first is the best");
    }

    // Every observation is 0 in the first step, and infinity times 0 is not a number: neither the episodes of the evaluation nor those of the training can be played.
    [TestCase(0, "is Infinity")]
    [TestCase(3, null)]
    public void A_policy_with_a_parameter_that_is_not_finite_is_neither_evaluated_nor_the_best(int maxRollbacks, string? message)
    {
        var options = Small with { NormalizeObservations = false, Optimizer = new Overflowing(after: 3), Health = new() { MaxRollbacks = maxRollbacks } };
        static CountingEnvironment Environment() => new(reward: step => step);
        if (message is null)
        {
            using var policy = Fit(options, Environment).Policy;
            Assert.That(policy.Metadata.Provenance["steps"], Is.EqualTo("200"));
            return;
        }

        var (iterations, exception, _, _) = Diverge(options, Environment);
        exception.BestPolicy!.Dispose();
        Assert.That(exception.Message, Does.Contain(message));
        Assert.That(iterations.Select(iteration => iteration.Evaluation is null), Is.EqualTo(new[] { false, false, false, true }));
    }

    private static float Score(Trpo.Onnx.PolicyTransformer policy, float observation)
    {
        using var batch = policy.Session.CreateBatch(1, Trpo.Onnx.ActionSelection.Mode);
        batch.Observation(0)[0] = observation;
        batch.Run(1);
        return batch.Score(0)[0];
    }

    private static (List<TrpoIteration> Iterations, TrainingException Exception, EnvironmentDataView View, List<string> Warnings) Diverge(TrpoOptions options, Func<IEnvironment>? environment = null, Action? diverged = null)
    {
        var (ml, listener, warnings) = (new MLContext(1), new Listener(), new List<string>());
        ml.Log += (_, log) =>
        {
            if (log.Kind == ChannelMessageKind.Warning)
                warnings.Add(log.RawMessage);
        };
        if (options.Optimizer is Diverging diverging)
            diverging.Diverged = diverged;
        var view = ml.ReinforcementLearning.LoadFromEnvironment(environment ?? (() => new CartPole()), count: 4, rows: 20);
        var exception = Assert.Throws<TrainingException>(() => ml.ReinforcementLearning.Trainers.Trpo(view, options with { Progress = listener }).Fit(view))!;
        return (listener.Iterations, exception, view, warnings);
    }

    private static (Trpo.Onnx.PolicyTransformer Policy, EnvironmentDataView View) Fit(TrpoOptions options, Func<IEnvironment> environment)
    {
        var ml = new MLContext(1);
        var view = ml.ReinforcementLearning.LoadFromEnvironment(environment, count: 4, rows: 20);
        return (ml.ReinforcementLearning.Trainers.Trpo(view, options).Fit(view), view);
    }

    /// <summary>A linear network that fails to be exported from some time on.</summary>
    private sealed class Unexported : ExportableModule
    {
        private readonly Perceptron _linear;
        private readonly Func<bool> _fails;

        public Unexported(NetworkArguments arguments, Func<bool> fails)
            : base(nameof(Unexported))
        {
            (_linear, _fails) = (new Perceptron(arguments.Inputs, [], arguments.Outputs, Activation.Tanh, 0.1, arguments.Random), fails);
            register_module("linear", _linear);
        }

        public override Tensor forward(Tensor input) => _linear.forward(input);

        public override string Export(OnnxGraphBuilder graph, string input) => _fails() ? throw new InvalidTimeZoneException("no graph") : _linear.Export(graph, input);
    }

    /// <summary>A trust-region optimizer whose gradient is not finite after some updates.</summary>
    private sealed class Diverging(int after) : IPolicyOptimizer
    {
        private readonly TrustRegionOptimizer _inner = new();
        private int _updates;

        public Action? Diverged { get; set; }

        public TrustRegionStep Step(ITrustRegionProblem problem)
        {
            if (_updates++ < after)
                return _inner.Step(problem);
            Diverged?.Invoke();
            return new() { Outcome = TrustRegionOutcome.NonFiniteGradient, Offender = "weight" };
        }
    }

    /// <summary>A trust-region optimizer, one of whose updates leaves a parameter that float32 does not hold.</summary>
    private sealed class Overflowing(int after) : IPolicyOptimizer
    {
        private readonly TrustRegionOptimizer _inner = new();
        private int _updates;

        public TrustRegionStep Step(ITrustRegionProblem problem)
        {
            var step = _inner.Step(problem);
            if (_updates++ != after)
                return step;
            var parameters = new double[problem.Length];
            problem.CopyTo(parameters);
            parameters[0] = 1e39;
            problem.Assign(parameters);
            return step;
        }
    }

    /// <summary>A trust-region optimizer that rejects all updates after some.</summary>
    private sealed class Rejecting(int after) : IPolicyOptimizer
    {
        private readonly TrustRegionOptimizer _inner = new();
        private int _updates;

        public TrustRegionStep Step(ITrustRegionProblem problem) => _updates++ < after ? _inner.Step(problem) : new() { Outcome = TrustRegionOutcome.NoImprovement };
    }
}
