using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Onnx.Rows;

namespace Trpo.Estimators.Environments.DataViews;

/// <summary>
/// Pulls the observations of one environment, one at a time, through whatever transforms stand between it and a policy. Each environment of a
/// block has a reader, and with it a cursor, of its own: a transform that keeps state from row to row keeps it for that environment alone.
/// </summary>
internal sealed class LockStepCursor : IDisposable
{
    private readonly IDataView _data;
    private readonly EnvironmentDataView _environment;
    private readonly LockStepRows _rows;
    private readonly DataViewRowCursor _cursor;
    private readonly ValueGetter<VBuffer<float>> _getter;
    private readonly DataViewSchema.Column _column;
    private VBuffer<float> _buffer;

    /// <param name="environment">Where the rows come from.</param>
    /// <param name="data">The environment's view, or a transform of it.</param>
    /// <param name="column">The column to read from <paramref name="data"/>.</param>
    /// <exception cref="LockStepException">The view does not read from the environment, or not row by row.</exception>
    public LockStepCursor(EnvironmentDataView environment, IDataView data, DataViewSchema.Column column)
    {
        _data = data;
        _environment = environment;
        _column = column;
        var lineage = DataViewLineage.Of(data);
        if (lineage.Breaker is { } breaker)
            throw new LockStepException(breaker.ToString());
        _rows = new LockStepRows(environment);
        // A set of one cursor reads synchronously; GetRowCursor may put threads in between that read ahead.
        _cursor = _rows.Open(() => data.GetRowCursorSet([column], 1))[0];
        try
        {
            if (_rows.Cursors != 1)
                throw NotFromEnvironment(lineage);
            _getter = _cursor.GetGetter<VBuffer<float>>(column);
        }
        catch
        {
            _cursor.Dispose();
            throw;
        }
    }

    /// <summary>The number of values of a transformed observation.</summary>
    public int Length => ((VectorDataViewType)_column.Type).Size;

    /// <summary>Sends one observation through the transforms.</summary>
    /// <param name="observation">What the environment returned, <c>[d]</c>.</param>
    /// <param name="transformed">Receives what arrives at the policy, <c>[Length]</c>.</param>
    /// <exception cref="LockStepException">The row did not come out before the next was asked for.</exception>
    /// <exception cref="EnvironmentException">A value that arrives is not finite.</exception>
    /// <exception cref="InvalidDataException">A transform returned another number of values than its column says.</exception>
    public void Read(ReadOnlySpan<float> observation, Span<float> transformed)
    {
        _rows.Offer(observation);
        if (!_cursor.MoveNext() || _rows.Broken || !_rows.Taken)
            throw OutOfStep();
        _getter(ref _buffer);
        DataViewColumns.CopyChecked(in _buffer, transformed, _column.Name, _cursor.Position);
        for (var i = 0; i < transformed.Length; i++)
        {
            if (!float.IsFinite(transformed[i]))
                throw new EnvironmentException($"Column '{_column.Name}' has {transformed[i]} at slot {i}: the transforms between environment '{_environment.Name}' and the policy made it of a finite observation.");
        }
    }

    public void Dispose() => _cursor.Dispose();

    private LockStepException NotFromEnvironment(DataViewLineage lineage)
    {
        if (_rows.Cursors > 1)
            return new LockStepException($"{lineage} reads environment '{_environment.Name}' {_rows.Cursors} times at once, but its rows can be pulled only once.");
        return new LockStepException($"The data to fit on do not come from environment '{_environment.Name}': {lineage} does not read the view that LoadFromEnvironment returned. Fit the pipeline on that view, the same one that the trainer was given.");
    }

    private LockStepException OutOfStep() => new(
        $"{DataViewLineage.Of(_data)}, between environment '{_environment.Name}' and the policy, does not hand on every row before it asks for the next. Only transforms that work row by row can stand there.");
}
