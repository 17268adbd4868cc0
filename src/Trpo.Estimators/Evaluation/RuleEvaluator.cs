using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Estimators.Environments.Stepping;
using Trpo.Estimators.Foundation;
using Trpo.Onnx;
using Trpo.Runtime.Spaces;

namespace Trpo.Estimators.Evaluation;

/// <summary>Evaluations of rules and of the random policy, on the same episodes as those of trained policies.</summary>
internal static class RuleEvaluator
{
    /// <summary>Evaluates a rule for discrete actions.</summary>
    /// <exception cref="ArgumentException">The environment takes actions of another kind.</exception>
    /// <exception cref="RuleException">The rule threw an exception or answered what is no action.</exception>
    public static PolicyEvaluation Run(Func<float[], int> rule, EnvironmentDataView environment, RuleEvaluationOptions options, Action<string> warn, WorkCancellation cancellation) =>
        environment.ActionSpace is DiscreteActionSpace
            ? Run(observation => [rule(observation)], environment, options, warn, cancellation)
            : throw new ArgumentException($"The rule '{options.Name}' answers one choice, but environment '{environment.Name}' takes {environment.ActionSpace}: write a rule that answers the values of an action (float[]).", nameof(rule));

    /// <summary>Evaluates a rule for actions of any kind.</summary>
    /// <exception cref="RuleException">The rule threw an exception or answered what is no action.</exception>
    public static PolicyEvaluation Run(Func<float[], float[]?> rule, EnvironmentDataView environment, RuleEvaluationOptions options, Action<string> warn, WorkCancellation cancellation)
    {
        var seeds = EpisodePlayer.Seeds(options.Episodes, options.Seed);
        return Run(environments => new RuleActor(options.Name, environments, seeds, rule), ActionSelection.Mode, environment, options.Episodes, options.Seed, options.Progress, warn, cancellation);
    }

    /// <summary>Evaluates the random policy.</summary>
    public static PolicyEvaluation RunRandom(EnvironmentDataView environment, int episodes, int seed, IProgress<EpisodeResult>? progress, Action<string> warn, WorkCancellation cancellation) =>
        Run(environments => new RandomActor(environments, seed), ActionSelection.Sample(seed), environment, episodes, seed, progress, warn, cancellation);

    private static PolicyEvaluation Run(
        Func<VectorEnvironment, IEpisodeActor> actor, ActionSelection selection, EnvironmentDataView environment, int episodes, int seed, IProgress<EpisodeResult>? progress, Action<string> warn, WorkCancellation cancellation)
    {
        try
        {
            using var environments = new VectorEnvironment(environment.Specification, Math.Min(environment.Count, episodes), warn, environment.StepTimeout);
            using var queue = new StepQueue(environments, environment.Stepping, warn, cancellation.Token);
            var results = EpisodePlayer.Play(environments, queue, actor(environments), episodes, seed, progress, cancellation);
            environments.WarnOfTruncation();
            return new PolicyEvaluation(results, seed, selection);
        }
        catch (EnvironmentException exception) when (cancellation.IsCancelled)
        {
            throw new OperationCanceledException($"The evaluation was cancelled. {exception.Message}", exception, cancellation.Caller);
        }
    }
}
