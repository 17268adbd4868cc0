using Trpo.Estimators.Checkpoints;
using Trpo.Onnx.Spaces;

namespace Trpo.Estimators.Environments.Stepping;

/// <summary>
/// A number of environments of one kind, each with the observation that it is at. Whatever an environment returns is checked
/// here before anyone believes it. Nothing is allocated per step. Different environments may be used by different threads at once.
/// </summary>
internal sealed class VectorEnvironment : ICheckpointable, IDisposable
{
    private readonly EnvironmentSpecification _specification;
    private readonly ObservationValidator _check;
    private readonly IEnvironment?[] _environments;
    private readonly float[] _observations;
    private readonly float[] _clipped;
    private readonly double[] _returns;
    private readonly int[] _lengths;

    public VectorEnvironment(EnvironmentSpecification specification, int count)
    {
        _specification = specification;
        _check = new ObservationValidator(specification.ObservationSpace);
        _environments = new IEnvironment?[count];
        _observations = new float[count * specification.ObservationSpace.Length];
        _clipped = new float[count * specification.ActionSpace.Length];
        _returns = new double[count];
        _lengths = new int[count];
        try
        {
            for (var i = 0; i < count; i++)
            {
                var environment = specification.Create();
                if (_environments.Any(other => ReferenceEquals(other, environment)))
                    throw new EnvironmentException($"The factory of environment '{specification.Name}' returned the same environment twice; it must create a new one each time.");
                _environments[i] = environment;
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public int Count => _environments.Length;

    /// <summary>The environments' name.</summary>
    public string Name => _specification.Name;

    /// <summary>The step after which an environment truncates an episode, or null where it does not say.</summary>
    public int? MaxEpisodeSteps => _specification.MaxEpisodeSteps;

    /// <summary>What the environments return.</summary>
    public ObservationSpace ObservationSpace => _specification.ObservationSpace;

    /// <summary>What all environments returned last, <c>[Count, d]</c>.</summary>
    public Span<float> Observations => _observations;

    /// <summary>What environment <paramref name="index"/> returned last, <c>[d]</c>.</summary>
    public Span<float> Observation(int index)
    {
        var length = _specification.ObservationSpace.Length;
        return _observations.AsSpan(index * length, length);
    }

    /// <summary>The sum of the rewards of the episode that environment <paramref name="index"/> is in, or has just ended.</summary>
    public double Return(int index) => _returns[index];

    /// <summary>The number of steps of the episode that environment <paramref name="index"/> is in, or has just ended.</summary>
    public int Length(int index) => _lengths[index];

    /// <summary>Starts an episode in one environment.</summary>
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
        catch (Exception exception) when (exception is not (EnvironmentException or OperationCanceledException))
        {
            throw Failed(index, "Reset", exception);
        }

        CheckObservation(index, "Reset");
    }

    /// <summary>Whether environment <paramref name="index"/> allows a choice now.</summary>
    public bool Allows(int index, int choice)
    {
        try
        {
            return _environments[index]!.Allows(choice);
        }
        catch (Exception exception) when (exception is not (EnvironmentException or OperationCanceledException))
        {
            throw Failed(index, "Allows", exception);
        }
    }

    /// <summary>Acts in one environment; an action beyond the bounds of a box is brought within them first.</summary>
    public StepResult Step(int index, ReadOnlySpan<float> action)
    {
        var clipped = _clipped.AsSpan(index * _specification.ActionSpace.Length, _specification.ActionSpace.Length);
        ActionSampling.Clip(_specification.ActionSpace, action, clipped);
        var observation = Observation(index);
        observation.Fill(float.NaN);
        StepResult result;
        try
        {
            result = _environments[index]!.Step(new EnvironmentAction(clipped), observation);
        }
        catch (Exception exception) when (exception is not (EnvironmentException or OperationCanceledException))
        {
            throw Failed(index, "Step", exception);
        }

        CheckObservation(index, "Step");
        if (!double.IsFinite(result.Reward))
            throw new EnvironmentException($"{Describe(index)} {EnvironmentErrors.NonFiniteReward(result.Reward, _lengths[index] + 1)}") { IsNonFinite = true };
        _returns[index] += result.Reward;
        if (++_lengths[index] >= _specification.EpisodeStepLimit && !result.Ended)
            throw new EnvironmentException($"{Describe(index)} {EnvironmentErrors.EndlessEpisode(_specification.EpisodeStepLimit)}");

        return result;
    }

    /// <summary>Whether the states of all environments can be saved and restored.</summary>
    public bool IsCheckpointable => _environments.All(environment => environment is ICheckpointable { IsCheckpointable: true });

    /// <summary>Saves what each environment is at, between two steps, but for its observation. Those that cannot be saved are an error.</summary>
    /// <exception cref="EnvironmentException">An environment failed to save itself.</exception>
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
            catch (Exception exception) when (exception is not (EnvironmentException or OperationCanceledException))
            {
                throw Failed(i, nameof(ICheckpointable.SaveState), exception);
            }

            stateWriter.Flush();
            writer.WriteSpan<byte>(state.GetBuffer().AsSpan(0, (int)state.Length));
        }
    }

    /// <summary>Puts each environment where it was; its observation is there already.</summary>
    /// <exception cref="InvalidDataException">The state is that of other environments, or an environment failed to restore itself.</exception>
    public void RestoreState(BinaryReader reader)
    {
        reader.ReadSpan<double>(_returns, "returns");
        reader.ReadSpan<int>(_lengths, "lengths of episodes");
        for (var i = 0; i < Count; i++)
        {
            using var state = new MemoryStream(reader.ReadArray<byte>("bytes of an environment's state"), writable: false);
            using var stateReader = new BinaryReader(state);
            try
            {
                ((ICheckpointable)_environments[i]!).RestoreState(stateReader);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                throw new InvalidDataException($"{Describe(i)} failed in {nameof(ICheckpointable.RestoreState)}: {exception.Message}", exception);
            }

            if (state.Position != state.Length)
                throw new InvalidDataException($"{Describe(i)} read {state.Position} of the {state.Length} bytes of its state.");
            if (_check.FindError(Observation(i), nameof(ICheckpointable.RestoreState), _lengths[i]) is { } complaint)
                throw new InvalidDataException($"{Describe(i)} {complaint}");
        }
    }

    /// <summary>Disposes every environment, also where disposing one of them fails, and then says so.</summary>
    /// <exception cref="AggregateException">Environments failed to be disposed.</exception>
    public void Dispose()
    {
        var failures = new List<Exception>();
        for (var i = 0; i < _environments.Length; i++)
        {
            try
            {
                (_environments[i] as IDisposable)?.Dispose();
            }
            catch (Exception exception)
            {
                failures.Add(Failed(i, "Dispose", exception));
            }

            _environments[i] = null;
        }

        if (failures.Count > 0)
            throw new AggregateException(failures);
    }

    // The observation was filled with NaN before the call, so a value that was not written shows as NaN too.
    private void CheckObservation(int index, string method)
    {
        if (_check.FindError(Observation(index), method, _lengths[index]) is { } complaint)
            throw new EnvironmentException($"{Describe(index)} {complaint}") { IsNonFinite = !Observation(index).ToArray().All(float.IsFinite) };
    }

    private EnvironmentException Failed(int index, string method, Exception exception) =>
        new($"{Describe(index)} {EnvironmentErrors.MethodFailed(method, exception, _specification.ObservationSpace.Length)}", exception);

    /// <summary>The name and the number of an environment, for the start of a sentence.</summary>
    public string Describe(int index) => $"Environment '{_specification.Name}' (number {index} of {Count})";
}
