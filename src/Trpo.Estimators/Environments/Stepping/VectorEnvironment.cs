using System.Globalization;
using Trpo.Estimators.Checkpoints;
using Trpo.Runtime.Spaces;

namespace Trpo.Estimators.Environments.Stepping;

/// <summary>
/// A vector environment: a fixed number of environments of one kind, with the current observation of each. Observations and rewards are
/// validated as they are returned. An episode that reaches the limit of its environment is truncated there. Whatever an environment throws becomes an
/// <see cref="EnvironmentException"/>; its caller decides whether that was a cancellation. A step allocates nothing. Different threads may use different
/// environments at the same time.
/// </summary>
internal sealed class VectorEnvironment : ICheckpointable, IDisposable
{
    private readonly EnvironmentSpecification _specification;
    private readonly ObservationValidator _validator;
    private readonly IEnvironment?[] _environments;
    private readonly int _observationLength;
    private readonly int _actionLength;
    private readonly float[] _observations;
    private readonly float[] _clipped;
    private readonly double[] _returns;
    private readonly int[] _lengths;
    private readonly bool[] _overran;
    private readonly Action<string>? _warn;
    private volatile bool _hasOverrun;
    private bool _hasWarned;

    /// <param name="specification">The kind of the environments.</param>
    /// <param name="count">The number of environments, at least 1.</param>
    /// <param name="warn">Receives warnings, on the thread that uses the vector environment; null for no receiver.</param>
    /// <exception cref="EnvironmentException">The factory threw, or returned null, one environment twice, or environments of different spaces.</exception>
    public VectorEnvironment(EnvironmentSpecification specification, int count, Action<string>? warn = null)
    {
        _specification = specification;
        _warn = warn;
        _validator = new ObservationValidator(specification.ObservationSpace);
        _environments = new IEnvironment?[count];
        _observationLength = specification.ObservationSpace.Length;
        _actionLength = specification.ActionSpace.Length;
        _observations = new float[count * _observationLength];
        _clipped = new float[count * _actionLength];
        _returns = new double[count];
        _lengths = new int[count];
        _overran = new bool[count];
        try
        {
            for (var i = 0; i < count; i++)
            {
                var environment = specification.Create(i, count);
                if (_environments.Any(other => ReferenceEquals(other, environment)))
                    throw new EnvironmentException($"{Describe(i)} could not be created: the factory returned the same environment twice; it must create a new one each time.");
                _environments[i] = environment;
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The number of environments.</summary>
    public int Count => _environments.Length;

    /// <summary>The name of the environments.</summary>
    public string Name => _specification.Name;

    /// <summary>The step after which an environment truncates its episode, or null if it declares none.</summary>
    public int? MaxEpisodeSteps => _specification.MaxEpisodeSteps;

    /// <summary>The observations of one environment.</summary>
    public ObservationSpace ObservationSpace => _specification.ObservationSpace;

    /// <summary>The actions of one environment.</summary>
    public ActionSpace ActionSpace => _specification.ActionSpace;

    /// <summary>The current observations of all environments, <c>[Count, d]</c>.</summary>
    public Span<float> Observations => _observations;

    /// <summary>Returns the current observation of environment <paramref name="index"/>, <c>[d]</c>.</summary>
    public Span<float> Observation(int index) => _observations.AsSpan(index * _observationLength, _observationLength);

    /// <summary>Returns the sum of the rewards in the current episode of environment <paramref name="index"/>, or in the last one if it has ended.</summary>
    public double Return(int index) => _returns[index];

    /// <summary>Returns the number of steps in the current episode of environment <paramref name="index"/>, or in the last one if it has ended.</summary>
    public int Length(int index) => _lengths[index];

    /// <summary>Starts an episode in environment <paramref name="index"/>.</summary>
    /// <param name="index">The environment.</param>
    /// <param name="seed">The seed of the environment's randomness; null continues its sequence.</param>
    /// <exception cref="EnvironmentException">The environment threw an exception or returned an invalid observation.</exception>
    public void Reset(int index, int? seed)
    {
        _returns[index] = 0;
        _lengths[index] = 0;
        var observation = Observation(index);
        observation.Fill(float.NaN);
        try
        {
            _environments[index]!.Reset(seed, observation);
        }
        catch (Exception exception)
        {
            throw Failed(index, "Reset", exception);
        }

        Validate(index, observation, "Reset");
    }

    /// <summary>Returns true if environment <paramref name="index"/> allows a choice in its current state.</summary>
    /// <exception cref="EnvironmentException">The environment threw an exception.</exception>
    public bool Allows(int index, int choice)
    {
        try
        {
            return _environments[index]!.Allows(choice);
        }
        catch (Exception exception)
        {
            throw Failed(index, "Allows", exception);
        }
    }

    /// <summary>Steps environment <paramref name="index"/>. A step that reaches the limit of an episode that has not ended truncates it.</summary>
    /// <param name="index">The environment.</param>
    /// <param name="action">The action, <c>[k]</c>; clipped to the bounds of a box.</param>
    /// <exception cref="EnvironmentException">The environment threw an exception, or returned an invalid observation or reward.</exception>
    public StepResult Step(int index, ReadOnlySpan<float> action)
    {
        var clipped = _clipped.AsSpan(index * _actionLength, _actionLength);
        ActionSampling.Clip(_specification.ActionSpace, action, clipped);
        var observation = Observation(index);
        observation.Fill(float.NaN);
        var step = ++_lengths[index];
        StepResult result;
        try
        {
            result = _environments[index]!.Step(new EnvironmentAction(clipped), observation);
        }
        catch (Exception exception)
        {
            throw Failed(index, "Step", exception, ForbiddenChoice(index, clipped));
        }

        Validate(index, observation, "Step");
        if (!double.IsFinite(result.Reward))
            throw new EnvironmentException($"{Describe(index)} {EnvironmentErrors.NonFiniteReward(result.Reward, step)}") { IsNonFinite = true };
        _returns[index] += result.Reward;
        if (step < (MaxEpisodeSteps ?? _specification.EpisodeStepLimit) || result.Ended)
            return result;
        _overran[index] = true;
        _hasOverrun = true;
        return result with { Truncated = true };
    }

    /// <summary>Warns, once, of an episode that was truncated because it reached the limit. Called on the thread that uses the vector environment, while no environment is stepped.</summary>
    public void WarnOfTruncation()
    {
        if (!_hasOverrun || _hasWarned)
            return;
        _hasWarned = true;

        // The lowest index does not depend on which thread was faster.
        var index = Array.IndexOf(_overran, true);
        _warn?.Invoke($"{Describe(index)} {(MaxEpisodeSteps is { } limit ? EnvironmentErrors.DeclaredLimitIgnored(limit) : EnvironmentErrors.EndlessEpisode(_specification.EpisodeStepLimit))}");
    }

    /// <summary>True if the states of all environments can be saved and restored.</summary>
    /// <exception cref="EnvironmentException">The environment threw an exception.</exception>
    public bool IsCheckpointable
    {
        get
        {
            for (var i = 0; i < Count; i++)
            {
                try
                {
                    if (_environments[i] is not ICheckpointable { IsCheckpointable: true })
                        return false;
                }
                catch (Exception exception)
                {
                    throw Failed(i, nameof(ICheckpointable.IsCheckpointable), exception);
                }
            }

            return true;
        }
    }

    /// <summary>Saves the state of every environment, without its observation, between two steps. All of them must be <see cref="ICheckpointable"/>.</summary>
    /// <exception cref="EnvironmentException">An environment failed to save its state.</exception>
    public void SaveState(BinaryWriter writer)
    {
        writer.WriteSpan<double>(_returns);
        writer.WriteSpan<int>(_lengths);
        for (var i = 0; i < Count; i++)
        {
            using var state = new MemoryStream();
            using var stateWriter = new BinaryWriter(state);
            try
            {
                ((ICheckpointable)_environments[i]!).SaveState(stateWriter);
            }
            catch (Exception exception)
            {
                throw Failed(i, nameof(ICheckpointable.SaveState), exception);
            }

            stateWriter.Flush();
            writer.WriteSpan<byte>(state.GetBuffer().AsSpan(0, (int)state.Length));
        }
    }

    /// <summary>Restores the state of every environment and validates the current observations, which the caller has restored.</summary>
    /// <exception cref="InvalidDataException">The state is that of other environments, or an environment failed to restore it.</exception>
    public void RestoreState(BinaryReader reader)
    {
        reader.ReadSpan<double>(_returns, "returns");
        StateSpans.RequireNumbers(_returns, "returns of episodes");
        reader.ReadSpan<int>(_lengths, "lengths of episodes");
        var limit = MaxEpisodeSteps ?? int.MaxValue;
        if (Array.FindIndex(_lengths, length => length < 0 || length >= limit) is >= 0 and var wrong)
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{Describe(wrong)} is at step {_lengths[wrong]} of its episode, which must be from 0 to {limit - 1}."));
        for (var i = 0; i < Count; i++)
        {
            using var state = new MemoryStream(reader.ReadArray<byte>("bytes of an environment's state"), writable: false);
            using var stateReader = new BinaryReader(state);
            try
            {
                ((ICheckpointable)_environments[i]!).RestoreState(stateReader);
            }
            catch (Exception exception)
            {
                throw new InvalidDataException($"{Describe(i)} failed in {nameof(ICheckpointable.RestoreState)}: {exception.Message}", exception);
            }

            if (state.Position != state.Length)
                throw new InvalidDataException($"{Describe(i)} read {state.Position} of the {state.Length} bytes of its state.");
            if (_validator.FindError(Observation(i), nameof(ICheckpointable.RestoreState), _lengths[i]) is { } error)
                throw new InvalidDataException($"{Describe(i)} {error}");
        }
    }

    /// <summary>Disposes every environment. A failure is a warning: it must neither hide the exception that ended the work nor cost its result.</summary>
    public void Dispose()
    {
        for (var i = 0; i < _environments.Length; i++)
        {
            if (_environments[i] is { } environment && _specification.TryDispose(environment) is { } exception)
                _warn?.Invoke(Failed(i, "Dispose", exception).Message);
            _environments[i] = null;
        }
    }

    /// <summary>Returns the name and the index of an environment, for the start of a message.</summary>
    public string Describe(int index) => _specification.Describe(index, Count);

    /// <summary>Returns the name and the index of an environment and the step that it is at, for the start of a message.</summary>
    public string DescribeStep(int index) => string.Create(CultureInfo.InvariantCulture, $"{Describe(index)}, at step {_lengths[index]} of its episode");

    // The observation was filled with NaN before the call, so a value that was not written is NaN too.
    private void Validate(int index, ReadOnlySpan<float> observation, string method)
    {
        if (_validator.FindError(observation, method, _lengths[index]) is { } error)
            throw new EnvironmentException($"{Describe(index)} {error}") { IsNonFinite = FiniteValues.IndexOfNonFinite(observation) >= 0 };
    }

    // Null if the environment allows the action, or does not say so after its failure.
    private string? ForbiddenChoice(int index, ReadOnlySpan<float> action)
    {
        try
        {
            return ActionSampling.FindForbidden(_specification.ActionSpace, _environments[index]!.Allows, action) is >= 0 and var choice
                ? EnvironmentErrors.ForbiddenChoice(_specification.ActionSpace.ScoreNames[choice])
                : null;
        }
        catch (Exception)
        {
            return null;
        }
    }

    private EnvironmentException Failed(int index, string method, Exception exception, string? hint = null)
    {
        var failure = $"{Describe(index)} {EnvironmentErrors.MethodFailed(method, exception, _lengths[index], _observationLength)}{hint}";
        var isReused = method != "Dispose" && EnvironmentErrors.Cause(exception) is ObjectDisposedException && _environments[index] is { } environment && _specification.WasDisposed(environment);
        return new EnvironmentException(isReused ? $"{failure} The factory returned an environment that was disposed before; it must create a new one each time." : failure, exception);
    }
}
