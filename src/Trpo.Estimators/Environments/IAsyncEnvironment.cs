using Trpo.Estimators.Foundation;

namespace Trpo.Estimators.Environments;

/// <summary>
/// An environment whose episodes start and step asynchronously, for example a simulator behind a network. Training and evaluation begin the steps of all
/// environments on one thread and then wait for them, so that many slow environments take about as long as the slowest one.
/// </summary>
/// <remarks>
/// Calls come one at a time for each environment, without a <see cref="SynchronizationContext"/>; different environments are under way at the same time, so they must share no mutable state.
/// A call gives the calling thread back soon, with its first wait; one that blocks before counts as synchronous. An environment that is <see cref="IAsyncDisposable"/> and not <see cref="IDisposable"/> is disposed with that. The synchronous members of <see cref="IEnvironment"/> wait for the
/// asynchronous ones; an implementation leaves them out. They serve the table of a random policy and <c>CheckEnvironment</c>.
/// </remarks>
public interface IAsyncEnvironment : IEnvironment
{
    /// <summary>True, the default, if the environment is stepped asynchronously; false for a wrapper of a synchronous one. The value never changes.</summary>
    bool IsAsynchronous => true;

    /// <summary>Starts an episode, as <see cref="IEnvironment.Reset"/> does.</summary>
    /// <param name="seed">The seed of the environment's randomness, which makes what follows repeatable; null continues the random sequence.</param>
    /// <param name="observation">Receives the first observation, <c>[d]</c>; every value must be written before the task ends, and none later.</param>
    /// <param name="cancellation">
    /// Cancelled if the <c>stepTimeout</c> of <c>LoadFromEnvironment</c> is over for this environment, or a second after the training or evaluation was cancelled. The task should then end soon, with any outcome;
    /// a cancelled training waits for it.
    /// </param>
    ValueTask ResetAsync(int? seed, Memory<float> observation, CancellationToken cancellation);

    /// <summary>Runs one step, as <see cref="IEnvironment.Step"/> does.</summary>
    /// <param name="action">The values of the action, <c>[ActionSpace.Length]</c>, valid until the task ends; <c>new EnvironmentAction(action.Span)</c> reads them as an index.</param>
    /// <param name="observation">Receives the observation after the action, <c>[d]</c>; every value must be written before the task ends, and none later.</param>
    /// <param name="cancellation">The same token as that of <see cref="ResetAsync"/>.</param>
    /// <returns>The reward, and the end of the episode if it ended.</returns>
    ValueTask<StepResult> StepAsync(ReadOnlyMemory<float> action, Memory<float> observation, CancellationToken cancellation);

    /// <summary>Starts an episode and waits for it.</summary>
    void IEnvironment.Reset(int? seed, Span<float> observation)
    {
        var received = observation.ToArray();
        CallerContext.Leave(() =>
        {
            ResetAsync(seed, received, CancellationToken.None).AsTask().GetAwaiter().GetResult();
            return true;
        });
        received.CopyTo(observation);
    }

    /// <summary>Runs one step and waits for it.</summary>
    StepResult IEnvironment.Step(EnvironmentAction action, Span<float> observation)
    {
        var (values, received) = (action.Values.ToArray(), observation.ToArray());
        var result = CallerContext.Leave(() => StepAsync(values, received, CancellationToken.None).AsTask().GetAwaiter().GetResult());
        received.CopyTo(observation);
        return result;
    }
}
