using Trpo.Estimators.Checkpoints;

namespace Trpo.Estimators.Environments.Stepping;

/// <summary>
/// One environment of a vector environment, with its current observation and episode. An exception of the environment becomes an <see cref="EnvironmentException"/>; its observations and rewards are
/// validated. A synchronous step allocates nothing. One thread uses a slot at a time.
/// </summary>
/// <param name="specification">The kind of the environment.</param>
/// <param name="validator">The requirements of its observations.</param>
/// <param name="index">The index of the environment.</param>
/// <param name="count">The number of environments.</param>
/// <param name="observation">Receives the current observation, <c>[d]</c>.</param>
/// <param name="disposalLimit">The longest time to wait for an environment that is disposed asynchronously; null for no limit.</param>
internal sealed class EnvironmentSlot(EnvironmentSpecification specification, ObservationValidator validator, int index, int count, Memory<float> observation, TimeSpan? disposalLimit)
{
    private IEnvironment? _environment;
    private AsyncCalls? _asynchronous;
    private float[] _action = [];

    // An environment that failed may be freed.
    private WeakReference<IEnvironment>? _former;

    /// <summary>The name and the index of the environment, for the start of a message.</summary>
    public string Description => specification.Describe(index, count);

    /// <summary>The environment; null before <see cref="Create"/> and after <see cref="Release"/>.</summary>
    public IEnvironment? Environment => _environment;

    /// <summary>True if the environment is the one that was released or abandoned last, so that the factory returned it again.</summary>
    public bool HasFormer => _former is not null && _former.TryGetTarget(out var former) && ReferenceEquals(former, _environment);

    /// <summary>The calls of an asynchronous environment, which is stepped with <see cref="BeginStep"/>, <see cref="BeginReset"/> and <see cref="End"/>; null for a synchronous one.</summary>
    public AsyncCalls? Asynchronous => _asynchronous;

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
        (Return, Length) = (0, 0);
        _action = new float[specification.ActionSpace.Length];
        _asynchronous = environment is IAsyncEnvironment asynchronous && Call(nameof(IAsyncEnvironment.IsAsynchronous), () => asynchronous.IsAsynchronous)
            ? new AsyncCalls(asynchronous, observation.Length, _action.Length)
            : null;
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
    /// <param name="seed">The seed of the environment's randomness; null continues its sequence.</param>
    public Task BeginReset(int? seed)
    {
        PrepareReset();
        return _asynchronous!.BeginReset(seed);
    }

    /// <summary>Begins a step of an asynchronous environment; <see cref="End"/> follows once the task has ended.</summary>
    /// <param name="action">The action, <c>[k]</c>; clipped to the bounds of a box.</param>
    public Task BeginStep(ReadOnlySpan<float> action)
    {
        PrepareStep(action);
        return _asynchronous!.BeginStep(_action);
    }

    /// <summary>Ends the call that was begun.</summary>
    /// <returns>The result of a step; the default of one for a reset.</returns>
    /// <exception cref="EnvironmentException">The environment threw an exception, or returned an invalid observation or reward.</exception>
    public StepResult End()
    {
        StepResult result;
        try
        {
            result = _asynchronous!.End(observation.Span);
        }
        catch (Exception exception)
        {
            throw Length == 0 ? Failed(nameof(IEnvironment.Reset), exception) : Failed(nameof(IEnvironment.Step), exception, ForbiddenChoice());
        }

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

    /// <summary>Releases the environment and disposes it: at once, or when the asynchronous call that is under way ends.</summary>
    /// <returns>The failure to dispose it, or to do so within the limit; null if there is none yet.</returns>
    public EnvironmentException? Release()
    {
        if (_environment is not { } environment)
            return null;
        var (calls, call) = (_asynchronous, _asynchronous?.GiveUp());
        Abandon();
        if (call is null)
        {
            calls?.Dispose();
            return Dispose(environment) is { } exception ? Failed("Dispose", exception) : null;
        }

        // Nobody waits for the outcome of a call that is given up, nor for the disposal after it.
        call.ContinueWith(ended => (ended.Exception, specification.TryDispose(environment)), TaskScheduler.Default);
        return null;
    }

    /// <summary>Leaves an environment alone that a thread has not returned from, or that another slot owns: it is not disposed.</summary>
    public void Abandon()
    {
        _former = _environment is { } environment ? new WeakReference<IEnvironment>(environment) : _former;
        (_environment, _asynchronous) = (null, null);
    }

    // A connection that is dead may be closed gracefully for ever.
    private Exception? Dispose(IEnvironment environment)
    {
        if (disposalLimit is not { } limit || environment is IDisposable or not IAsyncDisposable)
            return specification.TryDispose(environment);
        var disposal = Task.Run(() => specification.TryDispose(environment));
        return disposal.Wait(limit) ? disposal.Result : new TimeoutException(FormattableString.Invariant($"It has not returned for {limit.TotalSeconds:G4} s, the stepTimeout of LoadFromEnvironment, and is left alone."));
    }

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

    // NaN in the observation before the call shows a value that was not written.
    private void PrepareReset()
    {
        (Return, Length) = (0, 0);
        observation.Span.Fill(float.NaN);
    }

    private void PrepareStep(ReadOnlySpan<float> action)
    {
        ActionSampling.Clip(specification.ActionSpace, action, _action);
        observation.Span.Fill(float.NaN);
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
