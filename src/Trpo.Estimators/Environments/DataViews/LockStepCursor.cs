using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Estimators.Environments.Stepping;
using Trpo.Onnx.Rows;

namespace Trpo.Estimators.Environments.DataViews;

/// <summary>
/// A cursor that reads the observations of one environment, one at a time, through the transforms between the environment and a policy. Each
/// environment has a cursor of its own, which is opened again for every episode if a transform keeps state from row to row, so that each episode has a state of its own.
/// </summary>
internal sealed class LockStepCursor : IDisposable
{
    private readonly EnvironmentDataView _environment;
    private readonly IDataView _data;
    private readonly DataViewLineage _lineage;
    private readonly DataViewSchema.Column _column;
    private LockStepRows _rows;
    private DataViewRowCursor _cursor;
    private ValueGetter<VBuffer<float>> _getter;
    private VBuffer<float> _buffer;
    private bool _hasRead;

    /// <param name="environment">The view of the environment.</param>
    /// <param name="data">A transform of <paramref name="environment"/>, or the view itself.</param>
    /// <param name="lineage">The views that <paramref name="data"/> consists of.</param>
    /// <param name="column">The column of <paramref name="data"/> to read, a <c>Vector&lt;Single&gt;</c> of known size.</param>
    /// <exception cref="LockStepException"><paramref name="data"/> does not read from the environment, or not row by row.</exception>
    public LockStepCursor(EnvironmentDataView environment, IDataView data, DataViewLineage lineage, DataViewSchema.Column column)
    {
        (_environment, _data, _lineage, _column) = (environment, data, lineage, column);
        if (lineage.IncompatibleTransform is { } incompatible)
            throw new LockStepException(incompatible.ToString());
        (_rows, _cursor, _getter) = Open();
    }

    /// <summary>Begins an episode. If a transform keeps a state from row to row, it has its initial state from here on.</summary>
    /// <exception cref="LockStepException">The data do not read from the environment any more.</exception>
    public void BeginEpisode()
    {
        // Transforms keep their states in the cursor.
        if (!_lineage.HasStatefulTransform || !_hasRead)
            return;
        _cursor.Dispose();
        (_rows, _cursor, _getter) = Open();
        _hasRead = false;
    }

    /// <summary>Reads the current observation of an environment through the transforms.</summary>
    /// <param name="environments">The environments.</param>
    /// <param name="index">The environment that this cursor is for.</param>
    /// <param name="transformed">Receives the transformed observation, as long as the column.</param>
    /// <exception cref="LockStepException">A transform did not return the row before it asked for the next.</exception>
    /// <exception cref="EnvironmentException">A transform failed, or a transformed value is not finite.</exception>
    /// <exception cref="InvalidDataException">A transform returned another number of values than its column declares.</exception>
    public void Read(VectorEnvironment environments, int index, Span<float> transformed)
    {
        _hasRead = true;
        _rows.Offer(environments, index);
        if (!TryCompute(environments, index))
            throw OutOfStep();
        DataViewColumns.CopyChecked(in _buffer, transformed, _column.Name, _cursor.Position);
        var slot = FiniteValues.IndexOfNonFinite(transformed);
        if (slot >= 0)
            throw NonFinite(environments.DescribeStep(index), slot, transformed[slot]);
    }

    /// <inheritdoc/>
    public void Dispose() => _cursor.Dispose();

    /// <summary>Creates the exception for one that a transform threw.</summary>
    /// <param name="step">The environment and its step.</param>
    /// <param name="exception">The exception.</param>
    public static EnvironmentException TransformFailed(string step, Exception exception) =>
        new($"{step}: a transform between the environment and the policy failed: {EnvironmentErrors.Cause(exception).Message}", exception) { IsOfTransform = true };

    private bool TryCompute(VectorEnvironment environments, int index)
    {
        try
        {
            if (!_cursor.MoveNext() || _rows.IsBroken || !_rows.IsConsumed)
                return false;
            _getter(ref _buffer);
            return true;
        }
        catch (Exception exception) when (exception is not (EnvironmentException or LockStepException))
        {
            throw TransformFailed(environments.DescribeStep(index), exception);
        }
    }

    private (LockStepRows Rows, DataViewRowCursor Cursor, ValueGetter<VBuffer<float>> Getter) Open()
    {
        // A set of one cursor reads synchronously; GetRowCursor may start threads that read ahead.
        var rows = new LockStepRows();
        var cursor = _environment.OpenLockStep(rows, () => _data.GetRowCursorSet([_column], 1))[0];
        try
        {
            return rows.CursorCount == 1 ? (rows, cursor, cursor.GetGetter<VBuffer<float>>(_column)) : throw NotFromEnvironment(rows.CursorCount);
        }
        catch
        {
            cursor.Dispose();
            throw;
        }
    }

    private EnvironmentException NonFinite(string step, int slot, float value) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{step}: column '{_column.Name}' has {value} at slot {slot}, which the transforms between the environment and the policy made from a finite observation."));

    private LockStepException NotFromEnvironment(int cursors) => cursors > 1
        ? new LockStepException($"{_lineage} reads environment '{_environment.Name}' {cursors} times at once, but every row can be read only once.")
        : new LockStepException($"The data to fit on do not come from environment '{_environment.Name}': {_lineage} does not read the view that LoadFromEnvironment returned. Fit the pipeline on that view, the one that the trainer was given.");

    private LockStepException OutOfStep() => new(
        $"{_lineage}, between environment '{_environment.Name}' and the policy, does not return every row before it asks for the next, on the same thread. Only transforms that work row by row can stand there.");
}
