using System.Numerics;
using Microsoft.ML.Data;
using Trpo.Onnx.Graph;
using Trpo.Onnx.Rows;
using Trpo.Onnx.Runtime;
using Trpo.Onnx.Sampling;
using Trpo.Onnx.Spaces;

namespace Trpo.Onnx;

/// <summary>
/// Memory for a number of observations and for what the policy makes of them. Running it allocates nothing while the
/// number of rows stays the same. It belongs to one thread at a time.
/// </summary>
public sealed class PolicyBatch : IPolicyBatch
{
    private readonly SessionLease _session;
    private readonly BoxActionSpace? _box;
    private readonly ScoredDistribution _distribution;
    private readonly bool _marksMissing;
    private readonly int _observationLength;
    private readonly int _actionLength;
    private readonly int _scoreLength;
    private readonly float[] _observations;
    private readonly float[] _scores;
    private readonly long[]? _indices;
    private readonly float[]? _actions;
    private readonly float[]? _logStandardDeviations;
    private readonly ActionDraws? _draws;
    private readonly PolicyBinding _binding;
    private int _rows;
    private bool _disposed;

    internal PolicyBatch(SessionLease session, PolicyMetadata metadata, bool hasDeviations, int capacity, ActionSelection selection)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        _session = session;
        _box = metadata.Actions as BoxActionSpace;
        _distribution = ScoredDistribution.For(metadata.Actions);
        Capacity = capacity;
        IsStochastic = hasDeviations || _box is null;
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
        if (hasDeviations)
            _logStandardDeviations = new float[checked(capacity * _actionLength)];
        _binding = new PolicyBinding(Values());
        if (selection.IsSampled)
            _draws = new ActionDraws(_distribution, capacity, _actionLength, selection.Seed);
    }

    /// <summary>Whether actions are single choices, read with <see cref="Choice"/>, rather than vectors, read with <see cref="Action"/>.</summary>
    public bool IsDiscrete => _actions is null;

    /// <summary>Whether <see cref="LogProbability"/> can be read, as <see cref="PolicySession.IsStochastic"/> says.</summary>
    public bool IsStochastic { get; }

    /// <summary>The greatest number of rows.</summary>
    public int Capacity { get; }

    /// <summary>One row of the observations, <c>[d]</c>: fill it before <see cref="Run(int)"/>.</summary>
    /// <param name="row">A row, below <see cref="Capacity"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public Span<float> Observation(int row) => _observations.AsSpan(row * _observationLength, _observationLength);

    /// <summary>Runs the policy on the first <paramref name="rows"/> observations.</summary>
    /// <param name="rows">The number of rows, from 0 to <see cref="Capacity"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="rows"/> is negative or above the capacity.</exception>
    /// <exception cref="ObjectDisposedException">The batch or its session was disposed.</exception>
    public void Run(int rows) => Run(rows, []);

    /// <summary>Runs the policy on the first <paramref name="rows"/> observations; an action that is drawn depends on the seed and the row's id.</summary>
    /// <param name="rows">The number of rows, from 0 to <see cref="Capacity"/>.</param>
    /// <param name="ids">The ids of the rows; empty for the number of rows that were run before.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="rows"/> is negative or above the capacity.</exception>
    /// <exception cref="ObjectDisposedException">The batch or its session was disposed.</exception>
    public void Run(int rows, ReadOnlySpan<DataViewRowId> ids)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, Capacity);
        _rows = 0;
        if (rows == 0)
            return;
        var session = _session.Take();
        try
        {
            _binding.Run(session, rows);
        }
        finally
        {
            _session.Return();
        }

        if (_indices is not null && _actions is not null)
            Convert(_indices.AsSpan(0, rows * _actionLength), _actions);
        if (_draws is not null)
            Draw(_draws, rows, ids);

        // Rows are looked at one by one only where there is a NaN at all.
        if ((!_marksMissing && HasNaN(_observations.AsSpan(0, rows * _observationLength))) || HasNaN(_scores.AsSpan(0, rows * _scoreLength)))
            SetMissing(rows);
        _rows = rows;
    }

    /// <summary>The index of the action, the most probable one unless actions are drawn, 0-based; -1 where the observation has a NaN (or infinities that make one).</summary>
    /// <param name="row">A row of the last <see cref="Run(int)"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The last run had no such row.</exception>
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
    /// <param name="row">A row of the last <see cref="Run(int)"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The last run had no such row.</exception>
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
    /// <param name="row">A row of the last <see cref="Run(int)"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The last run had no such row.</exception>
    public ReadOnlySpan<float> Score(int row)
    {
        CheckRow(row);
        return ScoreOf(row);
    }

    /// <summary>The action vector of a box <c>[k]</c> before it is brought within the bounds. All NaN where the observation has a NaN.</summary>
    /// <param name="row">A row of the last <see cref="Run(int)"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The last run had no such row.</exception>
    /// <exception cref="InvalidOperationException">The policy's actions are not those of a box.</exception>
    public ReadOnlySpan<float> UnclippedAction(int row)
    {
        CheckRow(row);
        return _box is null ? throw new InvalidOperationException("The policy's actions have no bounds: read Choice or Action.") : UnclippedOf(row);
    }

    /// <summary>
    /// The logarithm of the probability that the policy gives to the action, in nats; of its density in a box, before it is brought within the
    /// bounds (<see cref="UnclippedAction"/>). NaN where the observation has a NaN.
    /// </summary>
    /// <param name="row">A row of the last <see cref="Run(int)"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The last run had no such row.</exception>
    /// <exception cref="InvalidOperationException">The policy does not say how its actions are distributed.</exception>
    public double LogProbability(int row)
    {
        CheckRow(row);
        if (!IsStochastic)
            throw PolicySession.NotStochastic();
        if (float.IsNaN(ScoreOf(row)[0]))
            return double.NaN;
        Span<float> choice = stackalloc float[1];
        ReadOnlySpan<float> action = choice;
        if (_box is not null)
            action = UnclippedOf(row);
        else if (_actions is not null)
            action = ActionOf(row);
        else
            choice[0] = _indices![row];
        return _distribution.LogProbability(ScoreOf(row), LogStandardDeviationOf(row), action);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        _binding.Dispose();
    }

    private IEnumerable<IBoundValue> Values()
    {
        yield return new BoundValue<float>(PolicyValues.Observation, _observations, _observationLength, IsInput: true);
        yield return new BoundValue<float>(PolicyValues.Score, _scores, _scoreLength);
        if (_indices is not null)
            yield return new BoundValue<long>(PolicyValues.Action, _indices, IsDiscrete ? null : _actionLength);
        else
            yield return new BoundValue<float>(PolicyValues.Action, _actions!, _actionLength);
        if (_logStandardDeviations is not null)
            yield return new BoundValue<float>(PolicyValues.LogStandardDeviation, _logStandardDeviations, _actionLength);
    }

    /// <summary>Makes a run that another thread waits for end with an exception before the next operator.</summary>
    internal void Stop() => _binding.Stop();

    private void CheckRow(int row)
    {
        if ((uint)row >= (uint)_rows)
            throw new ArgumentOutOfRangeException(nameof(row), row, $"The last run had {_rows} rows: fill {nameof(Observation)} and call {nameof(Run)} before the results are read.");
    }

    private Span<float> ScoreOf(int row) => _scores.AsSpan(row * _scoreLength, _scoreLength);

    private Span<float> ActionOf(int row) => _actions.AsSpan(row * _actionLength, _actionLength);

    private ReadOnlySpan<float> UnclippedOf(int row) => _draws is null ? ScoreOf(row) : _draws[row];

    private ReadOnlySpan<float> LogStandardDeviationOf(int row) =>
        _logStandardDeviations is null ? [] : _logStandardDeviations.AsSpan(row * _actionLength, _actionLength);

    private void Draw(ActionDraws draws, int rows, ReadOnlySpan<DataViewRowId> ids)
    {
        for (var row = 0; row < rows; row++)
        {
            draws.Draw(row, ids.IsEmpty ? null : ids[row], ScoreOf(row), LogStandardDeviationOf(row));
            if (_actions is null)
                _indices![row] = (long)draws[row][0];
            else if (_box is null)
                draws[row].CopyTo(ActionOf(row));
            else
                _box.Clip(draws[row], ActionOf(row));
        }
    }

    // The network and the argmax would make something of a NaN; whoever scores it must see that nothing was decided.
    private void SetMissing(int rows)
    {
        for (var row = 0; row < rows; row++)
        {
            if ((_marksMissing || !HasNaN(Observation(row))) && !HasNaN(ScoreOf(row)))
                continue;
            ScoreOf(row).Fill(float.NaN);
            if (_actions is not null)
                ActionOf(row).Fill(float.NaN);
            else
                _indices![row] = -1;
            if (_draws is not null)
                _draws[row].Fill(float.NaN);
        }
    }

    private static void Convert(ReadOnlySpan<long> indices, Span<float> actions)
    {
        for (var i = 0; i < indices.Length; i++)
            actions[i] = indices[i];
    }

    private static bool HasNaN(ReadOnlySpan<float> values)
    {
        // Only a NaN differs from itself.
        var place = 0;
        for (; place <= values.Length - Vector<float>.Count; place += Vector<float>.Count)
        {
            var vector = new Vector<float>(values[place..]);
            if (!Vector.EqualsAll(vector, vector))
                return true;
        }

        foreach (var value in values[place..])
        {
            if (float.IsNaN(value))
                return true;
        }

        return false;
    }
}
