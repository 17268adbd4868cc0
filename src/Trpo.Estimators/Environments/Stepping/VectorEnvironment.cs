using System.Globalization;
using Trpo.Estimators.Checkpoints;
using Trpo.Runtime.Spaces;

namespace Trpo.Estimators.Environments.Stepping;

/// <summary>
/// A vector environment: a fixed number of environments of one kind, with the current observation of each. Different threads may use different environments at the same time. An exception of an
/// environment becomes an <see cref="EnvironmentException"/>; the caller decides whether that was a cancellation.
/// </summary>
internal sealed class VectorEnvironment : ICheckpointable, IDisposable
{
    // The values of a cache line. What different threads write lies a line apart, or each write would take the line from the other processor.
    private const int CacheLine = 64 / sizeof(float);

    private readonly EnvironmentSpecification _specification;
    private readonly EnvironmentSlot[] _slots;
    private readonly int _observationLength;
    private readonly float[] _observations;

    // Objects that are created one after the other lie side by side: these lie between the slots, and between the environments.
    private readonly float[][] _spacings;
    private readonly VectorEnvironment? _whole;

    // The index of the first slot among those that the arrays are of.
    private readonly int _start;
    private readonly Action<string>? _warn;
    private readonly bool _isPart;
    private bool _hasWarned;

    /// <param name="specification">The kind of the environments.</param>
    /// <param name="count">The number of environments, at least 1.</param>
    /// <param name="warn">Receives warnings, on the thread that uses the vector environment; null for no receiver.</param>
    /// <param name="disposalLimit">The longest time to wait for an environment that is disposed asynchronously; null for no limit.</param>
    /// <param name="first">The index of the first environment, where other processes have the others. 0 by default.</param>
    /// <param name="totalCount">The number of environments of all processes; null, the default, where these are all.</param>
    /// <exception cref="EnvironmentException">The factory threw, or returned null, one environment twice, or environments of different spaces.</exception>
    public VectorEnvironment(EnvironmentSpecification specification, int count, Action<string>? warn = null, TimeSpan? disposalLimit = null, int first = 0, int? totalCount = null)
    {
        (First, TotalCount, _isPart) = (first, totalCount ?? count, totalCount is not null);
        _specification = specification;
        _warn = warn;
        _observationLength = specification.ObservationSpace.Length;
        _observations = new float[checked((count * Stride) + CacheLine)];
        _spacings = new float[2 * count][];
        var validator = new ObservationValidator(specification.ObservationSpace);
        _slots = new EnvironmentSlot[count];
        for (var i = 0; i < count; i++)
        {
            _slots[i] = new EnvironmentSlot(specification, validator, First + i, TotalCount, _observations.AsMemory(CacheLine + (i * Stride), _observationLength), disposalLimit);
            _spacings[count + i] = new float[CacheLine];
        }
        try
        {
            for (var i = 0; i < count; i++)
                Create(i);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private VectorEnvironment(VectorEnvironment whole, int first, int count, Action<string>? warn)
    {
        (_specification, _observationLength, _observations, _spacings, _warn) = (whole._specification, whole._observationLength, whole._observations, whole._spacings, warn);
        (_whole, _start, First, TotalCount) = (whole, whole._start + first, whole.First + first, whole.TotalCount);
        _slots = whole._slots[first..(first + count)];
    }

    /// <summary>Returns consecutive environments of these as a vector environment of their own, which is not disposed. Different threads may use different ones at the same time.</summary>
    /// <param name="first">The index of the first.</param>
    /// <param name="count">The number of environments, at least 1.</param>
    /// <param name="warn">Receives the warnings of the slice, on the thread that uses it; null for no receiver.</param>
    public VectorEnvironment Slice(int first, int count, Action<string>? warn) => new(this, first, count, warn);

    /// <summary>The number of environments.</summary>
    public int Count => _slots.Length;

    /// <summary>The index of the first of these environments among all of the training.</summary>
    public int First { get; }

    /// <summary>The number of environments of the training.</summary>
    public int TotalCount { get; }

    /// <summary>The name of the environments.</summary>
    public string Name => _specification.Name;

    /// <summary>The step after which an environment truncates its episode, or null if it declares none.</summary>
    public int? MaxEpisodeSteps => _specification.MaxEpisodeSteps;

    /// <summary>The observations of one environment.</summary>
    public ObservationSpace ObservationSpace => _specification.ObservationSpace;

    /// <summary>The actions of one environment.</summary>
    public ActionSpace ActionSpace => _specification.ActionSpace;

    /// <summary>A copy of the current observations of all environments, <c>[Count, d]</c>.</summary>
    public float[] Observations
    {
        get
        {
            var observations = new float[Count * _observationLength];
            for (var i = 0; i < Count; i++)
                Observation(i).CopyTo(observations.AsSpan(i * _observationLength));
            return observations;
        }
    }

    /// <summary>Returns the current observation of environment <paramref name="index"/>, <c>[d]</c>.</summary>
    public Span<float> Observation(int index) => _observations.AsSpan(CacheLine + ((_start + index) * Stride), _observationLength);

    /// <summary>True if an environment is stepped asynchronously.</summary>
    public bool HasAsynchronous => Array.Exists(_slots, slot => slot.Asynchronous is not null);

    /// <summary>Returns environment <paramref name="index"/> with its episode.</summary>
    public EnvironmentSlot Slot(int index) => _slots[index];

    /// <inheritdoc cref="EnvironmentSlot.Return"/>
    public double Return(int index) => _slots[index].Return;

    /// <inheritdoc cref="EnvironmentSlot.Length"/>
    public int Length(int index) => _slots[index].Length;

    /// <inheritdoc cref="EnvironmentSlot.Reset"/>
    public void Reset(int index, int? seed) => _slots[index].Reset(seed);

    /// <inheritdoc cref="EnvironmentSlot.Allows"/>
    public bool Allows(int index, int choice) => _slots[index].Allows(choice);

    /// <inheritdoc cref="EnvironmentSlot.Step"/>
    public StepResult Step(int index, ReadOnlySpan<float> action) => _slots[index].Step(action);

    /// <summary>Releases environment <paramref name="index"/> and creates another in its place, which is to be reset.</summary>
    /// <exception cref="EnvironmentException">The factory threw, or returned null, one environment twice, or environments of different spaces.</exception>
    public void Replace(int index)
    {
        Release(index);
        Create(index);
    }

    /// <summary>
    /// Warns, once, of an episode that was truncated because it reached the limit. Called on the thread that uses the vector environment, while no environment is stepped. A slice leaves it to the whole, and the part of a
    /// process to the training, which warns for all.
    /// </summary>
    /// <param name="elsewhere">The <see cref="FindTruncation"/> of a part of the environments in another process; null for none.</param>
    public void WarnOfTruncation(string? elsewhere = null)
    {
        if (_whole is not null || _isPart || _hasWarned || (FindTruncation() ?? elsewhere) is not { } warning)
            return;
        _hasWarned = true;
        _warn?.Invoke(warning);
    }

    /// <summary>Returns the warning of the first environment with an episode that was truncated because it reached the limit; null if there is none.</summary>
    public string? FindTruncation() => Array.Find(_slots, slot => slot.HasOverrun) is { } overrun
        ? $"{overrun.Description} {(MaxEpisodeSteps is { } limit ? EnvironmentErrors.DeclaredLimitIgnored(limit) : EnvironmentErrors.EndlessEpisode(_specification.EpisodeStepLimit))}"
        : null;

    /// <summary>True if the states of all environments can be saved and restored.</summary>
    /// <exception cref="EnvironmentException">The environment threw an exception.</exception>
    public bool IsCheckpointable => Array.TrueForAll(_slots, slot => slot.IsCheckpointable);

    /// <summary>Saves the state of every environment, without its observation, between two steps. All of them must be <see cref="ICheckpointable"/>.</summary>
    /// <exception cref="EnvironmentException">An environment failed to save its state.</exception>
    public void SaveState(BinaryWriter writer)
    {
        writer.WriteSpan<double>([.. _slots.Select(slot => slot.Return)]);
        writer.WriteSpan<int>([.. _slots.Select(slot => slot.Length)]);
        foreach (var slot in _slots)
            slot.SaveState(writer);
    }

    /// <summary>Restores the state of every environment and validates the current observations, which the caller has restored.</summary>
    /// <exception cref="InvalidDataException">The state is that of other environments, or an environment failed to restore it.</exception>
    public void RestoreState(BinaryReader reader)
    {
        var (returns, lengths) = (new double[Count], new int[Count]);
        reader.ReadSpan<double>(returns, "returns");
        StateSpans.RequireNumbers(returns, "returns of episodes");
        reader.ReadSpan<int>(lengths, "lengths of episodes");
        var limit = MaxEpisodeSteps ?? int.MaxValue;
        if (Array.FindIndex(lengths, length => length < 0 || length >= limit) is >= 0 and var wrong)
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{Describe(wrong)} is at step {lengths[wrong]} of its episode, which must be from 0 to {limit - 1}."));
        for (var i = 0; i < Count; i++)
            _slots[i].RestoreState(returns[i], lengths[i], reader);
    }

    /// <summary>Disposes every environment. A failure is a warning: it must neither hide the exception that ended the work nor cost its result.</summary>
    public void Dispose()
    {
        for (var i = 0; i < Count; i++)
            Release(i);
    }

    /// <summary>Returns the name and the index of an environment, for the start of a message.</summary>
    public string Describe(int index) => _slots[index].Description;

    /// <summary>Returns the name and the index of an environment and the step that it is at, for the start of a message.</summary>
    public string DescribeStep(int index) => string.Create(CultureInfo.InvariantCulture, $"{Describe(index)}, at step {Length(index)} of its episode");

    private int Stride => _observationLength + CacheLine;

    private void Create(int index)
    {
        var slot = _slots[index];
        slot.Create();
        _spacings[_start + index] = new float[CacheLine];
        if (!slot.HasFormer && !(_whole ?? this)._slots.Any(other => other != slot && ReferenceEquals(other.Environment, slot.Environment)))
            return;

        // The other slot disposes it, or has.
        slot.Abandon();
        throw new EnvironmentException($"{Describe(index)} could not be created: the factory returned the same environment twice; it must create a new one each time.");
    }

    private void Release(int index)
    {
        if (_slots[index].Release() is { } failure)
            _warn?.Invoke(failure.Message);
    }
}
