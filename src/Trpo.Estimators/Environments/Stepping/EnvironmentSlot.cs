using Trpo.Estimators.Checkpoints;

namespace Trpo.Estimators.Environments.Stepping;

/// <summary>
/// One environment of a vector environment, with its current observation and episode. Whatever the environment throws becomes an <see cref="EnvironmentException"/>, and what it returns is
/// validated. A synchronous step allocates nothing. One thread uses a slot at a time.
/// </summary>
/// <param name="specification">The kind of the environment.</param>
/// <param name="validator">The requirements of its observations.</param>
/// <param name="index">The index of the environment.</param>
/// <param name="count">The number of environments.</param>
/// <param name="observation">Receives the current observation, <c>[d]</c>.</param>
internal sealed class EnvironmentSlot(EnvironmentSpecification specification, ObservationValidator validator, int index, int count, Memory<float> observation)
{
    private IEnvironment? _environment;
    private IAsyncEnvironment? _asynchronous;
    private float[] _action = [];

    // Memory of an asynchronous environment's own, which a call that is given up may go on writing to.
    private float[] _received = [];
    private Task<StepResult>? _call;

    /// <summary>The name and the index of the environment, for the start of a message.</summary>
    public string Description => specification.Describe(index, count);

    /// <summary>The environment; null before <see cref="Create"/> and after <see cref="Release"/>.</summary>
    public IEnvironment? Environment => _environment;

    /// <summary>True if the environment is stepped asynchronously, with <see cref="BeginStep"/>, <see cref="BeginReset"/> and <see cref="End"/>.</summary>
    public bool IsAsynchronous => _asynchronous is not null;

    /// <summary>True unless a call of an asynchronous environment is under way.</summary>
    public bool HasReturned => _call is not { IsCompleted: false };

    /// <summary>The sum of the rewards in the current episode, or in the last one if it has ended.</summary>
    public double Return { get; private set; }

    /// <summary>The number of steps in the current episode, or in the last one if it has ended; during a step, its number.</summary>
    public int Length { get; private set; }

    /// <summary>True if an episode was truncated because it reached the limit.</summary>
    public bool HasOverrun { get; private set; }

    /// <summary>True if this environment has completed a step since it was created.</summary>
    public bool HasStepped { get; private set; }

    /// <summary>Creates the environment.</summary>
    /// <exception cref="EnvironmentException">The factory threw, or returned null or an environment of other spaces.</exception>
    public void Create()
    {
        var environment = specification.Create(index, count);
        (_environment, HasStepped) = (environment, false);
        _action = new float[specification.ActionSpace.Length];
        _asynchronous = environment as IAsyncEnvironment;
        if (_asynchronous is not null && !Call(nameof(IAsyncEnvironment.IsAsynchronous), () => _asynchronous.IsAsynchronous))
            _asynchronous = null;

        _received = _asynchronous is null ? [] : new float[observation.Length];
    }

    /// <summary>Starts an episode.</summary>
    /// <param name="seed">The seed of the environment's randomness; null continues its sequence.</param>
    /// <exception cref="EnvironmentException">The environment threw an exception or returned an invalid observation.</exception>
    public void Reset(int? seed)
    {
        PrepareReset();
        try
        {
            _environment!.Reset(seed, observation.Span);
        }
        catch (Exception exception)
        {
            throw Failed(nameof(IEnvironment.Reset), exception);
        }

        Validate(nameof(IEnvironment.Reset));
    }

    /// <summary>Runs a step. A step that reaches the limit of an episode that has not ended truncates it.</summary>
    /// <param name="action">The action, <c>[k]</c>; clipped to the bounds of a box.</param>
    /// <exception cref="EnvironmentException">The environment threw an exception, or returned an invalid observation or reward.</exception>
    public StepResult Step(ReadOnlySpan<float> action)
    {
        PrepareStep(action);
        StepResult result;
        try
        {
            result = _environment!.Step(new EnvironmentAction(_action), observation.Span);
        }
        catch (Exception exception)
        {
            throw Failed(nameof(IEnvironment.Step), exception, ForbiddenChoice());
        }

        return Complete(result);
    }

    /// <summary>Begins an episode of an asynchronous environment; <see cref="End"/> follows once the task has ended.</summary>
    public Task BeginReset(int? seed, CancellationToken cancellation)
    {
        PrepareReset();
        return _call = CallReset(seed, cancellation);
    }

    /// <summary>Begins a step of an asynchronous environment; <see cref="End"/> follows once the task has ended.</summary>
    public Task BeginStep(ReadOnlySpan<float> action, CancellationToken cancellation)
    {
        PrepareStep(action);
        return _call = CallStep(cancellation);
    }

    /// <summary>Ends the call that was begun.</summary>
    /// <returns>The result of a step; the default of one for a reset.</returns>
    /// <exception cref="EnvironmentException">The environment threw an exception, or returned an invalid observation or reward.</exception>
    public StepResult End()
    {
        var call = _call!;
        _call = null;
        StepResult result;
        try
        {
            result = call.GetAwaiter().GetResult();
        }
        catch (Exception exception)
        {
            throw Length == 0 ? Failed(nameof(IEnvironment.Reset), exception) : Failed(nameof(IEnvironment.Step), exception, ForbiddenChoice());
        }

        _received.CopyTo(observation);
        if (Length > 0)
            return Complete(result);
        Validate(nameof(IEnvironment.Reset));
        return result;
    }

    /// <summary>Describes a call that has not returned.</summary>
    /// <param name="elapsed">The time since it was made.</param>
    /// <param name="timeout">The longest time that it may take.</param>
    /// <param name="now">The present time.</param>
    public EnvironmentException NotReturned(TimeSpan elapsed, TimeSpan timeout, DateTimeOffset now)
    {
        var message = $"{Description} {EnvironmentErrors.NotReturned(Length == 0 ? nameof(IEnvironment.Reset) : nameof(IEnvironment.Step), Length, elapsed, timeout, now)}";
        return new EnvironmentException(message, new TimeoutException(message));
    }

    /// <summary>Returns true if the environment allows a choice in its current state.</summary>
    /// <exception cref="EnvironmentException">The environment threw an exception.</exception>
    public bool Allows(int choice)
    {
        // A delegate would be memory for every choice.
        try
        {
            return _environment!.Allows(choice);
        }
        catch (Exception exception)
        {
            throw Failed(nameof(IEnvironment.Allows), exception);
        }
    }

    /// <summary>True if the environment's state can be saved and restored.</summary>
    /// <exception cref="EnvironmentException">The environment threw an exception.</exception>
    public bool IsCheckpointable => Call(nameof(ICheckpointable.IsCheckpointable), () => _environment is ICheckpointable { IsCheckpointable: true });

    /// <summary>Saves the state of the environment, between two steps.</summary>
    /// <exception cref="EnvironmentException">The environment failed to save its state.</exception>
    public void SaveState(BinaryWriter writer) => NestedState.Save(writer, state => Call(nameof(ICheckpointable.SaveState), () =>
    {
        ((ICheckpointable)_environment!).SaveState(state);
        return true;
    }));

    /// <summary>Restores the state of the environment and validates its current observation, which the caller has restored.</summary>
    /// <param name="episodeReturn">The sum of the rewards in the episode.</param>
    /// <param name="length">The number of steps in the episode.</param>
    /// <param name="reader">Reads the state.</param>
    /// <exception cref="InvalidDataException">The state is that of another environment, or the environment failed to restore it.</exception>
    public void RestoreState(double episodeReturn, int length, BinaryReader reader)
    {
        (Return, Length) = (episodeReturn, length);
        var (read, written) = NestedState.Restore(reader, "bytes of an environment's state", RestoreEnvironment);
        if (read != written)
            throw new InvalidDataException($"{Description} read {read} of the {written} bytes of its state.");
        if (validator.FindError(observation.Span, nameof(ICheckpointable.RestoreState), length) is { } error)
            throw new InvalidDataException($"{Description} {error}");
    }

    /// <summary>Gives the environment up, and disposes it: at once, or when the asynchronous call that is under way ends.</summary>
    /// <returns>The failure to dispose it; null if there is none yet.</returns>
    public EnvironmentException? Release()
    {
        if (_environment is not { } environment)
            return null;
        var call = _call;
        (_environment, _asynchronous, _call) = (null, null, null);
        if (call is { IsCompleted: false })
        {
            // What the call ends with, and whether the environment can be disposed then, concerns nobody any more.
            call.ContinueWith(ended => (ended.Exception, specification.TryDispose(environment)), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            return null;
        }

        return specification.TryDispose(environment) is { } exception ? Failed("Dispose", exception) : null;
    }

    /// <summary>Gives up an environment that a thread has not returned from, without disposing it.</summary>
    public void Leave() => _environment = null;

    private void RestoreEnvironment(BinaryReader state)
    {
        try
        {
            ((ICheckpointable)_environment!).RestoreState(state);
        }
        catch (Exception exception)
        {
            throw new InvalidDataException($"{Description} failed in {nameof(ICheckpointable.RestoreState)}: {exception.Message}", exception);
        }
    }

    private async Task<StepResult> CallReset(int? seed, CancellationToken cancellation)
    {
        await _asynchronous!.ResetAsync(seed, _received, cancellation).ConfigureAwait(false);
        return default;
    }

    private async Task<StepResult> CallStep(CancellationToken cancellation) => await _asynchronous!.StepAsync(_action, _received, cancellation).ConfigureAwait(false);

    // NaN in the observation before the call shows a value that was not written.
    private void PrepareReset()
    {
        (Return, Length) = (0, 0);
        observation.Span.Fill(float.NaN);
        _received.AsSpan().Fill(float.NaN);
    }

    private void PrepareStep(ReadOnlySpan<float> action)
    {
        ActionSampling.Clip(specification.ActionSpace, action, _action);
        observation.Span.Fill(float.NaN);
        _received.AsSpan().Fill(float.NaN);
        Length++;
    }

    private StepResult Complete(StepResult result)
    {
        Validate(nameof(IEnvironment.Step));
        if (!double.IsFinite(result.Reward))
            throw new EnvironmentException($"{Description} {EnvironmentErrors.NonFiniteReward(result.Reward, Length)}") { IsNonFinite = true };
        Return += result.Reward;
        HasStepped = true;
        if (Length < (specification.MaxEpisodeSteps ?? specification.EpisodeStepLimit) || result.Ended)
            return result;
        HasOverrun = true;
        return result with { Truncated = true };
    }

    private void Validate(string method)
    {
        if (validator.FindError(observation.Span, method, Length) is { } error)
            throw new EnvironmentException($"{Description} {error}") { IsNonFinite = FiniteValues.IndexOfNonFinite(observation.Span) >= 0 };
    }

    // Null if the environment allows the action, or does not say so after its failure.
    private string? ForbiddenChoice()
    {
        try
        {
            return ActionSampling.FindForbidden(specification.ActionSpace, _environment!.Allows, _action) is >= 0 and var choice
                ? EnvironmentErrors.ForbiddenChoice(specification.ActionSpace.ScoreNames[choice])
                : null;
        }
        catch (Exception)
        {
            return null;
        }
    }

    private T Call<T>(string method, Func<T> call)
    {
        try
        {
            return call();
        }
        catch (Exception exception)
        {
            throw Failed(method, exception);
        }
    }

    private EnvironmentException Failed(string method, Exception exception, string? hint = null)
    {
        var failure = $"{Description} {EnvironmentErrors.MethodFailed(method, exception, Length, observation.Length)}{hint}";
        var isReused = method != "Dispose" && EnvironmentErrors.Cause(exception) is ObjectDisposedException && _environment is { } environment && specification.WasDisposed(environment);
        return new EnvironmentException(isReused ? $"{failure} The factory returned an environment that was disposed before; it must create a new one each time." : failure, exception);
    }
}
