using Trpo.Estimators.Checkpoints;
using Trpo.Runtime.Spaces;

namespace Trpo.Estimators.Environments;

/// <summary>A wrapper that truncates the episodes of an environment after a number of steps, as Gymnasium's <c>TimeLimit</c> does. An asynchronous environment stays one.</summary>
public sealed class TimeLimit : IAsyncEnvironment, ICheckpointable, IDisposable
{
    private readonly IEnvironment _inner;
    private readonly int _maxEpisodeSteps;
    private int _steps;

    /// <summary>Wraps an environment.</summary>
    /// <param name="inner">The environment to wrap; it is disposed with the wrapper.</param>
    /// <param name="maxEpisodeSteps">The step after which an episode is truncated, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxEpisodeSteps"/> is less than 1.</exception>
    public TimeLimit(IEnvironment inner, int maxEpisodeSteps)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxEpisodeSteps, 1);
        _inner = inner;
        _maxEpisodeSteps = maxEpisodeSteps;
    }

    /// <inheritdoc/>
    public string Name => _inner.Name;

    /// <inheritdoc/>
    public ObservationSpace ObservationSpace => _inner.ObservationSpace;

    /// <inheritdoc/>
    public ActionSpace ActionSpace => _inner.ActionSpace;

    /// <inheritdoc/>
    public int? MaxEpisodeSteps => Math.Min(_maxEpisodeSteps, _inner.MaxEpisodeSteps ?? int.MaxValue);

    /// <inheritdoc/>
    public bool Allows(int choice) => _inner.Allows(choice);

    /// <inheritdoc/>
    public void Reset(int? seed, Span<float> observation)
    {
        _steps = 0;
        _inner.Reset(seed, observation);
    }

    /// <inheritdoc/>
    public StepResult Step(EnvironmentAction action, Span<float> observation) => Limit(_inner.Step(action, observation));

    /// <summary>True if the wrapped environment is stepped asynchronously.</summary>
    public bool IsAsynchronous => _inner is IAsyncEnvironment { IsAsynchronous: true };

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The wrapped environment is not asynchronous.</exception>
    public ValueTask ResetAsync(int? seed, Memory<float> observation, CancellationToken cancellation)
    {
        _steps = 0;
        return InnerAsync.ResetAsync(seed, observation, cancellation);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The wrapped environment is not asynchronous.</exception>
    public async ValueTask<StepResult> StepAsync(ReadOnlyMemory<float> action, Memory<float> observation, CancellationToken cancellation)
    {
        var result = await InnerAsync.StepAsync(action, observation, cancellation).ConfigureAwait(false);
        return Limit(result);
    }

    /// <summary>True if the state of the wrapped environment can be saved.</summary>
    public bool IsCheckpointable => _inner is ICheckpointable { IsCheckpointable: true };

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The wrapped environment is not <see cref="ICheckpointable"/>.</exception>
    public void SaveState(BinaryWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write(_steps);
        Inner.SaveState(writer);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The wrapped environment is not <see cref="ICheckpointable"/>.</exception>
    public void RestoreState(BinaryReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        _steps = reader.ReadInt32(0, _maxEpisodeSteps, "The number of steps of the episode");
        Inner.RestoreState(reader);
    }

    private IAsyncEnvironment InnerAsync => _inner as IAsyncEnvironment ?? throw new InvalidOperationException($"Environment '{Name}' is not an {nameof(IAsyncEnvironment)}.");

    private ICheckpointable Inner => _inner as ICheckpointable ?? throw new InvalidOperationException($"Environment '{Name}' is not {nameof(ICheckpointable)}.");

    /// <inheritdoc/>
    public void Dispose() => EnvironmentDisposal.Dispose(_inner);

    private StepResult Limit(StepResult result) => ++_steps >= _maxEpisodeSteps ? result with { Truncated = true } : result;
}
