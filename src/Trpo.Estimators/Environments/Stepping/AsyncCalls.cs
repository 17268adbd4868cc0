using System.Diagnostics;

namespace Trpo.Estimators.Environments.Stepping;

/// <summary>The calls of one asynchronous environment, one at a time, with memory of their own, which a call that is given up may go on writing to.</summary>
/// <param name="environment">The environment.</param>
/// <param name="observationLength">The number of values of an observation, <c>d</c>.</param>
/// <param name="actionLength">The number of values of an action, <c>k</c>.</param>
internal sealed class AsyncCalls(IAsyncEnvironment environment, int observationLength, int actionLength) : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly float[] _observation = new float[observationLength];
    private readonly float[] _action = new float[actionLength];
    private Task<StepResult>? _call;
    private long _began;

    /// <summary>True unless a call is under way.</summary>
    public bool HasReturned => _call is not { IsCompleted: false };

    /// <summary>The time since the last call began.</summary>
    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_began);

    /// <summary>Begins a reset; <see cref="End"/> follows once the task has ended.</summary>
    /// <param name="seed">The seed of the environment's randomness; null continues its sequence.</param>
    public Task BeginReset(int? seed)
    {
        Prepare();
        return _call = Reset(seed);
    }

    /// <summary>Begins a step; <see cref="End"/> follows once the task has ended.</summary>
    /// <param name="action">The action, <c>[k]</c>, which is copied.</param>
    public Task BeginStep(ReadOnlySpan<float> action)
    {
        action.CopyTo(_action);
        Prepare();
        return _call = Step();
    }

    /// <summary>Ends the call that was begun; its exceptions are thrown as they are.</summary>
    /// <param name="observation">Receives the observation, <c>[d]</c>; NaN where the environment wrote nothing.</param>
    /// <returns>The result of a step; the default of one for a reset.</returns>
    public StepResult End(Span<float> observation)
    {
        var call = _call!;
        _call = null;
        var result = call.GetAwaiter().GetResult();
        _observation.CopyTo(observation);
        return result;
    }

    /// <summary>Cancels the token of the calls after a time. Any thread may.</summary>
    public void CancelAfter(TimeSpan time)
    {
        try
        {
            _source.CancelAfter(time);
        }
        catch (ObjectDisposedException)
        {
            // The environment was released meanwhile, by the thread that steps it.
        }
    }

    /// <summary>Gives a call that is under way up, and cancels its token.</summary>
    /// <returns>The call, whose environment keeps the token; null if none is under way.</returns>
    public Task? GiveUp()
    {
        if (_call is not { IsCompleted: false } call)
        {
            _ = _call?.Exception;
            return null;
        }

        // What listens to the token runs on another thread, and its failures are not those of the work.
        _source.CancelAsync().ContinueWith(static cancelled => cancelled.Exception, TaskScheduler.Default);
        return call;
    }

    /// <summary>Frees the token, where no call is under way.</summary>
    public void Dispose() => _source.Dispose();

    private void Prepare()
    {
        _observation.AsSpan().Fill(float.NaN);
        _began = Stopwatch.GetTimestamp();
    }

    private async Task<StepResult> Reset(int? seed)
    {
        await environment.ResetAsync(seed, _observation, _source.Token).ConfigureAwait(false);
        return default;
    }

    private async Task<StepResult> Step() => await environment.StepAsync(_action, _observation, _source.Token).ConfigureAwait(false);
}
