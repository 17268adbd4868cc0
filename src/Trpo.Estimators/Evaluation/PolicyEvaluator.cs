using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Estimators.Foundation;
using Trpo.Onnx;

namespace Trpo.Estimators.Evaluation;

/// <summary>Evaluations of exported policies, which play episodes in a vector environment.</summary>
internal static class PolicyEvaluator
{
    /// <summary>Plays the episodes and returns their results. Each episode has a seed of its own, so the result does not depend on the number of environments.</summary>
    /// <exception cref="ArgumentException">The policy does not fit the environment.</exception>
    /// <exception cref="EnvironmentException">The environment or a transform failed, and the evaluation was not cancelled.</exception>
    /// <exception cref="OperationCanceledException">The evaluation was cancelled.</exception>
    public static PolicyEvaluation Run(
        PolicyChain chain, EnvironmentDataView environment, int episodes, int seed, ActionSelection? selection, IProgress<EpisodeResult>? progress, Action<string> warn, WorkCancellation cancellation)
    {
        var policy = chain.Policy;
        selection ??= policy.Selection;
        PolicyFit.CheckActions(policy, environment);
        var count = Math.Min(environment.Count, episodes);
        using var batch = policy.Session.CreateBatch(count, selection);
        try
        {
            using var transformed = PolicyFit.Open(chain, environment, count, warn, cancellation.Token);
            return new PolicyEvaluation(Play(transformed, batch, episodes, seed, progress, cancellation), seed, selection);
        }
        catch (EnvironmentException exception) when (cancellation.IsCancelled)
        {
            throw Cancelled(exception, cancellation);
        }
        catch (EnvironmentException exception) when (exception.IsOfTransform && PolicyFit.Difference(chain, environment) is not null)
        {
            throw PolicyFit.Refusal(chain, environment, exception);
        }
    }

    /// <summary>Plays episodes with a deterministic policy in environments that stay open for more.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="environments">The environments, none of which failed in an evaluation before.</param>
    /// <param name="episodes">The number of episodes.</param>
    /// <param name="seed">The seed of the episodes' seeds.</param>
    /// <param name="cancellation">Ends the evaluation between two steps.</param>
    /// <exception cref="EnvironmentException">The environment or a transform failed, and the evaluation was not cancelled.</exception>
    /// <exception cref="OperationCanceledException">The evaluation was cancelled.</exception>
    public static IReadOnlyList<EpisodeResult> Run(PolicyTransformer policy, TransformedVectorEnvironment environments, int episodes, int seed, WorkCancellation cancellation)
    {
        using var batch = policy.Session.CreateBatch(environments.Count, ActionSelection.Mode);
        try
        {
            return Play(environments, batch, episodes, seed, progress: null, cancellation);
        }
        catch (EnvironmentException exception) when (cancellation.IsCancelled)
        {
            throw Cancelled(exception, cancellation);
        }
    }

    private static EpisodeResult[] Play(TransformedVectorEnvironment environments, PolicyBatch batch, int episodes, int seed, IProgress<EpisodeResult>? progress, WorkCancellation cancellation) =>
        EpisodePlayer.Play(environments.Unwrapped, environments.Queue, new PolicyActor(environments, batch), episodes, seed, progress, cancellation);

    private static OperationCanceledException Cancelled(EnvironmentException exception, WorkCancellation cancellation) =>
        new($"The evaluation was cancelled. {exception.Message}", exception, cancellation.Caller);
}
