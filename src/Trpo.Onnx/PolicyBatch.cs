using Microsoft.ML.OnnxRuntime;
using Trpo.Onnx.Graph;
using Trpo.Onnx.Spaces;

namespace Trpo.Onnx;

/// <summary>
/// Memory for a number of observations and for what the policy makes of them. Running it allocates nothing while the
/// number of rows stays the same. It belongs to one thread at a time.
/// </summary>
public sealed class PolicyBatch : IDisposable
{
    private static readonly string[] UsedOutputs = [PolicyValues.Action, PolicyValues.Score];

    private readonly SessionLease _session;
    private readonly RunOptions _run = new();
    private readonly bool _marksMissing;
    private readonly int _observationLength;
    private readonly int _actionLength;
    private readonly int _scoreLength;
    private readonly float[] _observations;
    private readonly float[] _scores;
    private readonly long[]? _indices;
    private readonly float[]? _actions;
    private OrtIoBinding? _binding;
    private OrtValue[] _bound = [];
    private int _boundRows;
    private int _rows;
    private bool _disposed;

    internal PolicyBatch(SessionLease session, PolicyMetadata metadata, int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        _session = session;
        Capacity = capacity;
        _marksMissing = metadata.MarksMissing;
        _observationLength = metadata.Observations.Length;
        _actionLength = metadata.Actions.Length;
        _scoreLength = metadata.Actions.ScoreLength;
        _observations = new float[checked(capacity * _observationLength)];
        _scores = new float[checked(capacity * _scoreLength)];
        if (metadata.Actions is not BoxActionSpace)
            _indices = new long[checked(capacity * _actionLength)];
        if (metadata.Actions is not DiscreteActionSpace)
            _actions = new float[checked(capacity * _actionLength)];
    }

    /// <summary>Whether actions are single choices, read with <see cref="Choice"/>, rather than vectors, read with <see cref="Action"/>.</summary>
    public bool IsDiscrete => _actions is null;

    /// <summary>The greatest number of rows.</summary>
    public int Capacity { get; }

    /// <summary>One row of the observations, <c>[d]</c>: fill it before <see cref="Run"/>.</summary>
    /// <param name="row">A row, below <see cref="Capacity"/>.</param>
    public Span<float> Observation(int row) => _observations.AsSpan(row * _observationLength, _observationLength);

    /// <summary>Runs the policy on the first <paramref name="rows"/> observations.</summary>
    /// <param name="rows">The number of rows, from 0 to <see cref="Capacity"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="rows"/> is negative or above the capacity.</exception>
    /// <exception cref="ObjectDisposedException">The batch or its session was disposed.</exception>
    public void Run(int rows)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, Capacity);
        _rows = rows;
        if (rows == 0)
            return;
        var session = _session.Take();
        try
        {
            if (rows != _boundRows)
                Bind(session, rows);
            session.RunWithBinding(_run, _binding!);
        }
        finally
        {
            _session.Return();
        }

        if (_indices is not null && _actions is not null)
            Convert(_indices.AsSpan(0, rows * _actionLength), _actions);
        for (var row = 0; row < rows; row++)
        {
            if ((!_marksMissing && HasNaN(Observation(row))) || HasNaN(ScoreOf(row)))
                SetMissing(row);
        }
    }

    /// <summary>The index of the action with the greatest probability, 0-based; -1 where the observation has a NaN (or infinities that make one).</summary>
    /// <param name="row">A row of the last <see cref="Run"/>.</param>
    /// <exception cref="InvalidOperationException">The policy's actions are not discrete.</exception>
    public int Choice(int row)
    {
        CheckRow(row);
        return IsDiscrete ? (int)_indices![row] : throw new InvalidOperationException("The policy's actions are vectors: read Action instead of Choice.");
    }

    /// <summary>
    /// The action vector <c>[k]</c>: the values of a box, within its bounds, the indices of a multi-discrete action, or the zeros and ones of a
    /// multi-binary one. All NaN where the observation has a NaN (or infinities that make one).
    /// </summary>
    /// <param name="row">A row of the last <see cref="Run"/>.</param>
    /// <exception cref="InvalidOperationException">The policy's actions are discrete.</exception>
    public ReadOnlySpan<float> Action(int row)
    {
        CheckRow(row);
        return (_actions ?? throw new InvalidOperationException("The policy's actions are discrete: read Choice instead of Action."))
            .AsSpan(row * _actionLength, _actionLength);
    }

    /// <summary>
    /// The probability of each choice (of all dimensions, one behind the other) or of each switch being on, or the unclipped mean of each
    /// dimension of a box; in the order of <see cref="ActionSpace.ScoreNames"/>. All NaN where the observation has a NaN.
    /// </summary>
    /// <param name="row">A row of the last <see cref="Run"/>.</param>
    public ReadOnlySpan<float> Score(int row)
    {
        CheckRow(row);
        return ScoreOf(row);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        Unbind();
        _run.Dispose();
    }

    private void CheckRow(int row)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, _rows);
    }

    private Span<float> ScoreOf(int row) => _scores.AsSpan(row * _scoreLength, _scoreLength);

    // The network and the argmax would make something of a NaN; whoever scores it must see that nothing was decided.
    private void SetMissing(int row)
    {
        ScoreOf(row).Fill(float.NaN);
        if (_actions is not null)
            _actions.AsSpan(row * _actionLength, _actionLength).Fill(float.NaN);
        else
            _indices![row] = -1;
    }

    private static void Convert(ReadOnlySpan<long> indices, Span<float> actions)
    {
        for (var i = 0; i < indices.Length; i++)
            actions[i] = indices[i];
    }

    private static bool HasNaN(ReadOnlySpan<float> values)
    {
        foreach (var value in values)
        {
            if (float.IsNaN(value))
                return true;
        }

        return false;
    }

    private void Bind(InferenceSession session, int rows)
    {
        Unbind();
        long[] shape = IsDiscrete ? [rows] : [rows, _actionLength];
        var action = _indices is not null ? Tensor(_indices, rows * _actionLength, shape) : Tensor(_actions!, rows * _actionLength, shape);
        var score = Tensor(_scores, rows * _scoreLength, [rows, _scoreLength]);
        var observation = Tensor(_observations, rows * _observationLength, [rows, _observationLength]);
        _bound = [action, score, observation];
        _binding = session.CreateIoBinding();
        _binding.BindInput(PolicyValues.Observation, observation);
        foreach (var (name, value) in UsedOutputs.Zip(_bound))
            _binding.BindOutput(name, value);
        _boundRows = rows;
    }

    private static OrtValue Tensor<T>(T[] data, int count, long[] shape) where T : unmanaged =>
        OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, data.AsMemory(0, count), shape);

    private void Unbind()
    {
        _binding?.Dispose();
        foreach (var value in _bound)
            value.Dispose();
        _binding = null;
        _bound = [];
        _boundRows = 0;
    }
}
