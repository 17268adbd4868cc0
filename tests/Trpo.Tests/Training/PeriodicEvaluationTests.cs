using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using Trpo.Estimators;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Estimators.Resuming;
using Trpo.Onnx;
using Trpo.Tests.Support;

namespace Trpo.Tests.Training;

/// <summary>Evaluations during a training: when they are made, what they leave alone, and what they decide.</summary>
public sealed class PeriodicEvaluationTests
{
    private static readonly TrpoOptions Small = new() { TotalSteps = 2_000, StepsPerIteration = 200, HiddenLayers = [8], Seed = 3, Evaluation = new() { Every = 500, Episodes = 4 } };

    [Test]
    public void Evaluations_follow_the_iterations_that_pass_their_interval_and_the_last_one()
    {
        var (iterations, _, _) = Train(Small with { Evaluation = Small.Evaluation! with { Every = 700 } });
        var evaluated = iterations.Where(iteration => iteration.Evaluation is not null).ToList();

        Assert.That(evaluated.Select(iteration => iteration.Steps), Is.EqualTo(new[] { 800, 1_400, 2_000 }));
        Assert.That(evaluated.Select(iteration => iteration.Evaluation!.Steps), Is.EqualTo(new[] { 800, 1_400, 2_000 }));
        Assert.That(evaluated.Select(iteration => iteration.Evaluation!.Returns.Count), Is.All.EqualTo(4));
        Assert.That(evaluated.Select(iteration => iteration.Evaluation!.Seed).Distinct().Count(), Is.EqualTo(1), "policies are compared on the same episodes");
        Assert.That(evaluated[0].Evaluation!.IsBest, Is.True);
    }

    [TestCase(false)]
    [TestCase(true)]
    public void The_training_is_the_same_bit_for_bit_with_and_without_evaluations(bool normalize)
    {
        var options = Small with { NormalizeObservations = normalize, ReusedIterations = 1 };
        var (iterations, with, _) = Train(options);
        var (plain, without, _) = Train(options with { Evaluation = null });

        Assert.That(with.Onnx, Is.EqualTo(without.Onnx));
        Assert.That(iterations.Select(iteration => (iteration.MeanReturn, iteration.Update, iteration.ValueLoss)), Is.EqualTo(plain.Select(iteration => (iteration.MeanReturn, iteration.Update, iteration.ValueLoss))));
        Assert.That(iterations.Count(iteration => iteration.Evaluation is not null), Is.EqualTo(4));
    }

    [Test]
    public void An_evaluation_has_the_returns_that_Evaluate_computes_of_the_same_policy_and_seed()
    {
        var (iterations, policy, view) = Train(Small);
        var last = iterations[^1].Evaluation!;

        Assert.That(new MLContext(1).ReinforcementLearning.Evaluate(policy.Model, view, last.Returns.Count, last.Seed).Returns, Is.EqualTo(last.Returns));
    }

    [Test]
    public void The_best_policy_is_returned_with_its_evaluation_over_other_episodes()
    {
        var messages = new List<string>();
        var (iterations, policy, view) = Train(Worsening(Small with { Evaluation = Small.Evaluation! with { KeepBest = true } }), messages: messages);
        var best = iterations.Select(iteration => iteration.Evaluation).OfType<TrpoEvaluation>().MaxBy(evaluation => evaluation.MeanReturn)!;
        var provenance = policy.Metadata.Provenance;

        Assert.That(best.Steps, Is.LessThan(iterations[^1].Steps), "the last policy is not the best");
        Assert.That(provenance["steps"], Is.EqualTo($"{best.Steps}"));
        var ml = new MLContext(1);
        Assert.That(ml.ReinforcementLearning.Evaluate(policy.Model, view, 4, best.Seed).Returns, Is.EqualTo(best.Returns), "it is the policy of that evaluation");
        var seed = int.Parse(provenance["evaluated_seed"], CultureInfo.InvariantCulture);
        var fresh = ml.ReinforcementLearning.Evaluate(policy.Model, view, int.Parse(provenance["evaluated_episodes"], CultureInfo.InvariantCulture), seed);
        Assert.That(seed, Is.Not.EqualTo(best.Seed));
        Assert.That(double.Parse(provenance["evaluated_return"], CultureInfo.InvariantCulture), Is.EqualTo(fresh.MeanReturn));
        Assert.That(messages, Has.One.Contain(string.Create(CultureInfo.InvariantCulture, $"that after {best.Steps:N0} of 2,000 steps, with a mean return of {best.MeanReturn:G6}; over 4 other episodes it has {fresh.MeanReturn:G6}")));
    }

    [Test]
    public void Training_ends_when_its_patience_is_used_up()
    {
        var messages = new List<string>();
        var (iterations, policy, _) = Train(Worsening(Small with { TotalSteps = 4_000, Evaluation = new() { Every = 200, Episodes = 4, Patience = 3, KeepBest = true } }), messages: messages);
        var evaluations = iterations.Select(iteration => iteration.Evaluation!).ToList();

        Assert.That(iterations[^1].Steps, Is.LessThan(4_000));
        Assert.That(evaluations.TakeLast(3).Select(evaluation => evaluation.IsBest), Is.All.False);
        Assert.That(evaluations[^4].IsBest, Is.True);
        Assert.That(policy.Metadata.Provenance["steps"], Is.EqualTo($"{evaluations[^4].Steps}"));
        Assert.That(messages, Has.One.Contain("3 evaluations brought no better mean return than").And.Contain("Evaluation.Patience"));
    }

    [Test]
    public void Settings_out_of_range_are_refused_by_name()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Refusal(new() { Every = 0 }), Does.StartWith("Evaluation.Every must be at least 1"));
            Assert.That(Refusal(new() { Every = 500, Episodes = 0 }), Does.StartWith("Evaluation.Episodes must be from 1 to 1000000"));
            Assert.That(Refusal(new() { Every = 500, Episodes = 1_000_001 }), Does.StartWith("Evaluation.Episodes must be from 1 to 1000000"));
            Assert.That(Refusal(new() { Every = 500, Patience = 0 }), Does.StartWith("Evaluation.Patience must be at least 1"));
            Assert.That(Refusal(new() { Every = 2_001 }), Does.StartWith("Evaluation.Every is 2001 steps, but the training has 2000 (TotalSteps)"));
        });

        static string Refusal(EvaluationOptions evaluation) => Assert.Catch<ArgumentException>(() => (Small with { Evaluation = evaluation }).Validate())!.Message;
    }

    [Test]
    public void An_environment_that_cannot_be_created_for_the_evaluations_is_named_before_training()
    {
        var created = 0;
        var steps = 0;

        // One for the spaces, four for the training.
        var exception = Assert.Throws<EnvironmentException>(() => Train(Small, () => ++created > 5 ? throw new IOException("No licence is left.") : new StepCounter(new CartPole(), () => steps++), beforeTraining: () => steps = 0));

        Assert.That(exception!.Message, Does.Contain("No licence is left."));
        Assert.That(steps, Is.Zero);
    }

    [Test]
    public void An_environment_that_fails_in_an_evaluation_ends_training_with_its_name_and_the_step()
    {
        var exception = Assert.Throws<EnvironmentException>(() => Train(Small, Failing(after: 5)));

        Assert.That(exception!.Message, Does.StartWith("The evaluation after 600 steps failed (TrpoOptions.Evaluation): ").And.Contain("CartPole").And.Contain("The plant tripped."));
    }

    [Test]
    public void A_failure_after_a_complete_training_leaves_the_best_policy_with_a_warning()
    {
        var isComplete = false;
        var messages = new List<string>();
        var (iterations, policy, _) = Train(
            Small with { Evaluation = Small.Evaluation! with { KeepBest = true } },
            () => new StepCounter(new CartPole(), () =>
            {
                if (isComplete)
                    throw new InvalidOperationException("The plant tripped.");
            }),
            messages: messages,
            reported: iteration => isComplete = iteration.Steps == 2_000);

        Assert.That(iterations[^1].Steps, Is.EqualTo(2_000));
        Assert.That(messages, Has.Some.Contains("because an environment failed (").And.Some.Contains("The plant tripped."));
        Assert.That(policy.Metadata.Provenance.Keys, Has.None.EqualTo("evaluated_episodes"));
    }

    [Test]
    public void Evaluations_begin_again_with_the_first_that_is_due_after_a_rollback()
    {
        using var policy = Support.Policies.Create(Support.Policies.Choices);
        var history = new EvaluationHistory(policy, keepsBest: false);
        history.Add(600, meanReturn: 1);
        Assert.That(history.IsDue(400, every: 200, isLast: false), Is.False);
        history.Align(200);

        Assert.That(history.IsDue(400, every: 200, isLast: false), Is.True);
        Assert.That(history.IsDue(200, every: 200, isLast: false), Is.False);
    }

    [Test]
    public void An_environment_that_fails_in_an_evaluation_is_restarted_where_that_is_allowed()
    {
        var (iterations, policy, _) = Train(Small, Failing(after: 5, once: true), maxRestarts: 1);
        var (whole, undisturbed, _) = Train(Small);

        Assert.That(policy.Onnx, Is.EqualTo(undisturbed.Onnx));
        Assert.That(iterations.Select(iteration => iteration.Evaluation?.MeanReturn), Is.EqualTo(whole.Select(iteration => iteration.Evaluation?.MeanReturn)));
    }

    [Test]
    public void The_page_on_training_evaluates_and_keeps_the_best()
    {
        var options = new TrpoOptions
        {
            TotalSteps = 2_000,
            Evaluation = new() { Every = 500, Episodes = 10, KeepBest = true, Patience = 5 },
        };
        var (_, policy, _) = Train(options with { Seed = 1 });

        Assert.That(policy.Metadata.Provenance["evaluated_episodes"], Is.EqualTo("10"));
    }

    // The environments after a number of them fail in their third step; the first of them only, or all.
    private static Func<IEnvironment> Failing(int after, bool once = false)
    {
        var created = 0;
        return () =>
        {
            var number = ++created;
            if (number <= after || (once && number > after + 1))
                return new CartPole();
            var steps = 0;
            return new StepCounter(new CartPole(), () =>
            {
                if (++steps == 3)
                    throw new InvalidOperationException("The plant tripped.");
            });
        };
    }

    // With rewards of the other sign, learning makes the policy worse after its first updates.
    private static TrpoOptions Worsening(TrpoOptions options) => options with { RewardScale = 1, TrustRegion = new() { MaxKl = 0.05 }, Optimizer = new Backwards() };

    private static (List<TrpoIteration> Iterations, Trained Policy, Trpo.Estimators.Environments.DataViews.EnvironmentDataView View) Train(TrpoOptions options, Func<IEnvironment>? environment = null, int maxRestarts = 0, List<string>? messages = null, Action? beforeTraining = null, Action<TrpoIteration>? reported = null)
    {
        var ml = new MLContext(1);
        ml.Log += (_, log) =>
        {
            if (log.Kind is ChannelMessageKind.Info or ChannelMessageKind.Warning)
                messages?.Add(log.Message);
        };
        var listener = new Listener(reported);
        var view = ml.ReinforcementLearning.LoadFromEnvironment(environment ?? (() => new CartPole()), count: 4, maxRestarts: maxRestarts, rows: 20);
        beforeTraining?.Invoke();
        return (listener.Iterations, new Trained(ml.ReinforcementLearning.Trainers.Trpo(view, options with { Progress = listener }).Fit(view)), view);
    }

    private sealed record Trained(PolicyTransformer Model)
    {
        public byte[] Onnx => Model.Onnx.ToArray();

        public Trpo.Runtime.Graph.PolicyMetadata Metadata => Model.Metadata;
    }
}
