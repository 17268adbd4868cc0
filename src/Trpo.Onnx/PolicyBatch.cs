using System.Diagnostics.CodeAnalysis;
using Microsoft.ML.Data;
using Trpo.Onnx.Columns;
using Trpo.Onnx.Rows;
using Trpo.Onnx.Runtime;
using Trpo.Onnx.Sampling;
using Trpo.Runtime.Graph;
using Trpo.Runtime.Sampling;
using Trpo.Runtime.Spaces;

namespace Trpo.Onnx;

/// <summary>
/// Memory for a number of observations and for the policy's results. A run allocates nothing if it has as many rows as the run before. A batch belongs
/// to the first thread that uses it, and throws an <see cref="InvalidOperationException"/> in any other until <see cref="ReleaseThread"/>: what two
/// threads filled and ran at once would be wrong. Every member but <see cref="Capacity"/> and <see cref="Dispose"/> throws an
/// <see cref="ObjectDisposedException"/> when the batch was disposed. <see cref="PolicySession"/> acts for any number of threads without a batch.
/// </summary>
public sealed class PolicyBatch : IPolicyBatch
{
    private readonly BoxActionSpace? _box;
    private readonly ScoredDistribution _distribution;
    private readonly bool _marksMissing;
    private readonly BatchMemory _memory;
    private readonly ActionDraws? _draws;
    private readonly RowReaders _readers;
    private readonly IEngineRun _run;
    private readonly ExclusiveUse<SystemAtomics> _use;
    private int _rows;

    internal PolicyBatch(IEngine engine, PolicyMetadata metadata, RowReaders readers, bool hasDeviations, int capacity, ActionSelection selection, bool isBound)
    {
        _use = new ExclusiveUse<SystemAtomics>(isBound);
        _box = metadata.Actions as BoxActionSpace;
        _distribution = ScoredDistribution.For(metadata.Actions);
        Capacity = capacity;
        IsStochastic = hasDeviations || _box is null;
        _marksMissing = metadata.MarksMissing;
        _readers = readers;
        _memory = new BatchMemory(metadata, readers.Inputs, engine.IsRowWise, hasDeviations, capacity);
        _run = engine.Bind(_memory);
        if (selection.IsSampled)
            _draws = new ActionDraws(_distribution, metadata, capacity, selection.Seed, selection.Floor);
    }

    /// <summary>True if actions are single choices, read with <see cref="Choice"/>, rather than vectors, read with <see cref="Action"/>.</summary>
    public bool IsDiscrete => _memory.Actions is null;

    /// <summary>True if <see cref="LogProbability"/> can be read; see <see cref="PolicySession.IsStochastic"/>.</summary>
    public bool IsStochastic { get; }

    /// <summary>The maximum number of rows.</summary>
    public int Capacity { get; }

    /// <summary>Returns the memory of one observation, <c>[d]</c>: fill it before <see cref="Run(int)"/>.</summary>
    /// <param name="row">A row, below <see cref="Capacity"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="row"/> is negative or not below the capacity.</exception>
    /// <exception cref="InvalidOperationException">Another thread uses the batch, or the policy takes raw columns, which <see cref="Set"/> sets.</exception>
    /// <exception cref="ObjectDisposedException">The batch was disposed.</exception>
    public Span<float> Observation(int row)
    {
        _use.Check();
        return _readers.IsObservation
            ? _memory.Observation(row)
            : throw new InvalidOperationException($"The policy takes the columns {string.Join(", ", _readers.Inputs.Select(input => input.Column))}: set them with {nameof(Set)}, {nameof(SetVector)} or {nameof(SetRow)}.");
    }

    /// <summary>Sets a raw column of a row, one of <see cref="PolicySession.InputColumns"/>. It keeps its value until it is set again.</summary>
    /// <typeparam name="T">The type of the column; string or <see cref="ReadOnlyMemory{T}"/> of characters for text, any integer for keys, which count from 1 (0 is a missing key).</typeparam>
    /// <param name="row">A row, below <see cref="Capacity"/>.</param>
    /// <param name="column">The name of the column.</param>
    /// <param name="value">The value; an empty text or null for a missing one.</param>
    /// <exception cref="ArgumentException">There is no such column, or it has another type, or is a vector.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row, or a key is above the column's count.</exception>
    /// <exception cref="InvalidOperationException">Another thread uses the batch.</exception>
    /// <exception cref="ObjectDisposedException">The batch was disposed.</exception>
    public void Set<T>(int row, string column, T value) => SetVector(row, column, new ReadOnlySpan<T>(in value));

    /// <summary>Sets a raw column of vectors, of a row.</summary>
    /// <param name="row">A row, below <see cref="Capacity"/>.</param>
    /// <param name="column">The name of the column.</param>
    /// <param name="values">The values, as many as the column has.</param>
    /// <inheritdoc cref="Set{T}(int, string, T)"/>
    public void SetVector<T>(int row, string column, ReadOnlySpan<T> values)
    {
        _use.Check();
        _memory.Rows.Set(row, column, values);
    }

    /// <summary>
    /// Sets all raw columns of a row from the public properties and fields of an object that have their names, or the attribute
    /// <see cref="ColumnNameAttribute"/>, as in a prediction engine of ML.NET. Other members are left alone. Keys count from 1, and 0 is a missing one; but
    /// ML.NET, and so this method, counts from 0 if a member that is no vector has the attribute <see cref="KeyTypeAttribute"/>.
    /// </summary>
    /// <typeparam name="TRow">The type of the object: values, arrays and <see cref="VBuffer{T}"/> of the types of the columns; any integer for keys.</typeparam>
    /// <param name="row">A row, below <see cref="Capacity"/>.</param>
    /// <param name="values">The object.</param>
    /// <exception cref="ArgumentException">A column has no member, or one of another type or length, or a vector is null; the message names the column.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row, or a key is above the column's count.</exception>
    /// <exception cref="InvalidOperationException">Another thread uses the batch.</exception>
    /// <exception cref="ObjectDisposedException">The batch was disposed.</exception>
    public void SetRow<[DynamicallyAccessedMembers(RowReaders.Members)] TRow>(int row, TRow values)
        where TRow : notnull
    {
        ArgumentNullException.ThrowIfNull(values);
        _use.Check();
        _readers.Of<TRow>().Read(ref values, _memory.Rows, row);
    }

    /// <summary>Runs the policy on the first <paramref name="rows"/> observations.</summary>
    /// <param name="rows">The number of rows, from 0 to <see cref="Capacity"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="rows"/> is negative or above the capacity.</exception>
    /// <exception cref="InvalidOperationException">Another thread uses the batch, a raw column was never set, or the graph fails on these values.</exception>
    /// <exception cref="InvalidDataException">The graph computed a choice that does not exist.</exception>
    /// <exception cref="ObjectDisposedException">The batch or its session was disposed, perhaps during the run.</exception>
    public void Run(int rows) => Run(rows, []);

    /// <summary>Runs the policy on the first <paramref name="rows"/> observations; an action that is drawn depends on the seed and the row's id.</summary>
    /// <param name="rows">The number of rows, from 0 to <see cref="Capacity"/>.</param>
    /// <param name="ids">The ids of the rows; empty for the number of rows that were run before.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="rows"/> is negative or above the capacity.</exception>
    /// <exception cref="ArgumentException">There are fewer ids than rows.</exception>
    /// <exception cref="InvalidOperationException">Another thread uses the batch, a raw column was never set, or the graph fails on these values.</exception>
    /// <exception cref="InvalidDataException">The graph computed a choice that does not exist.</exception>
    /// <exception cref="ObjectDisposedException">The batch or its session was disposed, perhaps during the run.</exception>
    public void Run(int rows, ReadOnlySpan<DataViewRowId> ids)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, Capacity);
        if (!ids.IsEmpty && ids.Length < rows)
            throw new ArgumentException($"There are {ids.Length} ids for {rows} rows.", nameof(ids));
        _use.Begin();
        var goesOn = true;
        try
        {
            RunRows(rows, ids);
        }
        finally
        {
            goesOn = _use.End();
            if (!goesOn)
                _run.Dispose();
        }

        if (!goesOn)
            throw ExclusiveUse<SystemAtomics>.WasDisposed();
    }

    /// <summary>Lets the next thread that uses the batch have it, until that one releases it. The results of the last run stay.</summary>
    /// <exception cref="InvalidOperationException">Another thread uses the batch.</exception>
    /// <exception cref="ObjectDisposedException">The batch was disposed.</exception>
    public void ReleaseThread() => _use.Release();

    /// <summary>Returns the 0-based index of the action, the most probable one unless actions are drawn; -1 if the observation has a NaN (or infinities that result in one).</summary>
    /// <param name="row">A row of the last <see cref="Run(int)"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The last run had no such row.</exception>
    /// <exception cref="InvalidOperationException">The policy's actions are not discrete.</exception>
    public int Choice(int row)
    {
        CheckRow(row);
        return IsDiscrete ? (int)_memory.Indices![row] : throw new InvalidOperationException("The policy's actions are vectors: read Action instead of Choice.");
    }

    /// <summary>
    /// Returns the action vector, <c>[k]</c>: the values of a box, within its bounds; the indices of a multi-discrete action; or the zeros and ones of a
    /// multi-binary one. All values are NaN if the observation has a NaN (or infinities that result in one).
    /// </summary>
    /// <param name="row">A row of the last <see cref="Run(int)"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The last run had no such row.</exception>
    /// <exception cref="InvalidOperationException">The policy's actions are discrete.</exception>
    public ReadOnlySpan<float> Action(int row)
    {
        CheckRow(row);
        return IsDiscrete ? throw new InvalidOperationException("The policy's actions are discrete: read Choice instead of Action.") : _memory.Action(row);
    }

    /// <summary>
    /// Returns the probability of each choice (of all dimensions in their order) or of each switch to be on, or the unclipped mean of each dimension of a
    /// box, in the order of <see cref="ActionSpace.ScoreNames"/>. All values are NaN if the observation has a NaN.
    /// </summary>
    /// <param name="row">A row of the last <see cref="Run(int)"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The last run had no such row.</exception>
    public ReadOnlySpan<float> Score(int row)
    {
        CheckRow(row);
        return _memory.Score(row);
    }

    /// <summary>Returns the action vector of a box, <c>[k]</c>, before it is clipped to the bounds. All values are NaN if the observation has a NaN.</summary>
    /// <param name="row">A row of the last <see cref="Run(int)"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The last run had no such row.</exception>
    /// <exception cref="InvalidOperationException">The policy's action space is not a box.</exception>
    public ReadOnlySpan<float> UnclippedAction(int row)
    {
        CheckRow(row);
        return _box is null ? throw new InvalidOperationException("The policy's actions have no bounds: read Choice or Action.") : UnclippedOf(row);
    }

    /// <summary>
    /// Returns the logarithm of the action's probability, of the mixture if there is an <see cref="ActionSelection.Floor"/>, in nats; in a box, of the density of the action within the bounds. A bound has the probability of everything that is clipped to it, divided
    /// by <see cref="BoxActionSpace.HalfWidth"/>. NaN if the observation has a NaN.
    /// </summary>
    /// <param name="row">A row of the last <see cref="Run(int)"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The last run had no such row.</exception>
    /// <exception cref="InvalidOperationException">The policy's graph does not output the distribution of its actions.</exception>
    public double LogProbability(int row)
    {
        CheckRow(row);
        if (!IsStochastic)
            throw PolicySession.NotStochastic();
        if (float.IsNaN(_memory.Score(row)[0]))
            return double.NaN;
        Span<float> choice = stackalloc float[1];
        ReadOnlySpan<float> action = choice;
        if (_box is not null)
            action = UnclippedOf(row);
        else if (_memory.Actions is not null)
            action = _memory.Action(row);
        else
            choice[0] = _memory.Indices![row];
        return _distribution.LogProbability(_draws is null ? _memory.Score(row) : _draws.Probabilities(row, _memory.Score(row)), _memory.LogStandardDeviation(row), action);
    }

    /// <summary>Frees the memory, or lets a run that is under way in another thread free it: that run throws. Any thread may dispose a batch.</summary>
    public void Dispose()
    {
        if (_use.Dispose())
            _run.Dispose();
    }

    /// <summary>Runs the policy on as many observations as the batch has rows.</summary>
    /// <param name="observations">The observations, <c>[N, d]</c>.</param>
    /// <param name="actions">Receives the actions, <c>[N, k]</c>, as <see cref="PolicySession.Act(ReadOnlySpan{float}, Span{float})"/> does.</param>
    internal void Act(ReadOnlySpan<float> observations, Span<float> actions)
    {
        observations.CopyTo(_memory.Observations);
        Run(Capacity, []);
        if (_memory.Actions is not null)
            _memory.Actions.CopyTo(actions);
        for (var row = 0; _memory.Actions is null && row < Capacity; row++)
            actions[row] = _memory.Indices![row];
    }

    /// <summary>Takes zeros and empty texts for the raw columns that were not set.</summary>
    internal void SetBlank() => _memory.Rows.SetBlank();

    /// <summary>Copies the action of the first row, an index or a vector.</summary>
    internal void CopyAction(Span<float> action)
    {
        if (_memory.Actions is not null)
            _memory.Action(0).CopyTo(action);
        else
            action[0] = _memory.Indices![0];
    }

    private void RunRows(int rows, ReadOnlySpan<DataViewRowId> ids)
    {
        _rows = 0;
        if (rows == 0)
            return;
        if (!_readers.IsObservation)
            _memory.Rows.CheckIsSet(rows);
        _run.Run(rows);
        if (_draws is not null)
            Draw(_draws, rows, ids);

        // Rows are checked one by one only if there is a NaN at all.
        var last = _memory.MayBeMissing(rows, _marksMissing) ? rows : 0;
        for (var row = 0; row < last; row++)
        {
            if (_memory.SetMissing(row, _marksMissing) && _draws is not null)
                _draws[row].Fill(float.NaN);
        }

        _rows = rows;
    }

    private void CheckRow(int row)
    {
        _use.Check();
        if ((uint)row >= (uint)_rows)
            throw new ArgumentOutOfRangeException(nameof(row), row, $"The last run had {_rows} rows: fill {nameof(Observation)} and call {nameof(Run)} before you read the results.");
    }

    private ReadOnlySpan<float> UnclippedOf(int row) => _draws is null ? _memory.Score(row) : _draws[row];

    private void Draw(ActionDraws draws, int rows, ReadOnlySpan<DataViewRowId> ids)
    {
        for (var row = 0; row < rows; row++)
        {
            draws.Draw(row, ids.IsEmpty ? null : ids[row], _readers.IsObservation ? _memory.Observation(row) : default, _memory.Score(row), _memory.LogStandardDeviation(row));
            if (_memory.Actions is null)
                _memory.Indices![row] = (long)draws[row][0];
            else if (_box is null)
                draws[row].CopyTo(_memory.Action(row));
            else
                _box.Clip(draws[row], _memory.Action(row));
        }
    }
}
