using System.Runtime.ExceptionServices;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Trpo.Onnx.Rows;

/// <summary>
/// A cursor that reads a number of rows of its source at a time, stores their active columns, and scores them in one batch, which is some ten times
/// faster than one by one. The source is read once, so that the values of a row belong together even if the source is not repeatable. Batches
/// start small, so that a caller that reads a few rows does not wait for many.
/// </summary>
internal sealed class PolicyCursor : DataViewRowCursor
{
    private const int FirstBatchSize = 16;
    private const int MaxBatchSize = 256;

    private readonly PolicyRowMapper _mapper;
    private readonly DataViewRowCursor _source;
    private readonly HashSet<int> _active;
    private readonly Dictionary<int, ColumnBuffer> _columns;
    private readonly ColumnBuffer[] _stores;
    private readonly IPolicyBatch _batch;
    private readonly ValueGetter<VBuffer<float>> _observation;
    private readonly ValueGetter<DataViewRowId> _id;
    private readonly DataViewRowId[] _ids = new DataViewRowId[MaxBatchSize];
    private readonly long[] _batches = new long[MaxBatchSize];
    private VBuffer<float> _buffer;
    private long _position = -1;
    private int _row = -1;
    private int _count;
    private int _stored;
    private int _size = FirstBatchSize;
    private bool _ended;
    private bool _disposed;
    private ExceptionDispatchInfo? _failure;

    public PolicyCursor(PolicyRowMapper mapper, IReadOnlyList<DataViewSchema.Column> active, DataViewRowCursor source)
    {
        _mapper = mapper;
        _source = source;
        _active = [.. active.Select(column => column.Index)];
        _columns = mapper.PassedThrough(active).ToDictionary(column => column.Index, column => ColumnBuffer.For(source, column, MaxBatchSize));
        _stores = [.. _columns.Values];
        _observation = source.GetGetter<VBuffer<float>>(mapper.Observation);
        _id = source.GetIdGetter();
        _batch = mapper.CreateBatch(MaxBatchSize);
    }

    public override DataViewSchema Schema => _mapper.OutputSchema;

    public override long Position => _position;

    public override long Batch => _row >= 0 ? _batches[_row] : _source.Batch;

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = _ids[CurrentRow()];

    public override bool IsColumnActive(DataViewSchema.Column column) => _active.Contains(column.Index);

    public override bool MoveNext()
    {
        if (!_disposed && (_row + 1 < _count || ReadBatch()))
        {
            _row++;
            _position++;
            return true;
        }

        (_row, _count, _position) = (-1, 0, -1);
        return false;
    }

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!IsColumnActive(column))
            throw new ArgumentException($"The column '{column.Name}' is not active.", nameof(column));
        var getter = _mapper.IsComputed(column) ? _mapper.ComputedGetter(column, _batch, CurrentRow) : _columns[column.Index].Getter(CurrentRow);
        return DataViewColumns.CastGetter<TValue>(getter, column);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;
            (_row, _count, _position) = (-1, 0, -1);
            _batch.Dispose();
            _source.Dispose();
        }

        base.Dispose(disposing);
    }

    private int CurrentRow() => _row >= 0 ? _row : throw new InvalidOperationException("The cursor is before the first row or after the last.");

    private bool ReadBatch()
    {
        (_row, _count) = (-1, 0);
        var count = _stored = 0;
        try
        {
            while (count < _size && !_ended && _failure is null)
            {
                _ended = !_source.MoveNext();
                if (!_ended)
                    Store(count++);
            }
        }
        catch (Exception exception)
        {
            // The rows before the one that failed are returned first, as if they had been read one by one. Storing may have failed too.
            _failure = ExceptionDispatchInfo.Capture(_mapper.Explain(exception));
            count = _stored;
        }

        if (count == 0)
            _failure?.Throw();
        _batch.Run(count, _ids.AsSpan(0, count));
        _count = count;
        _size = Math.Min(2 * _size, MaxBatchSize);
        return count > 0;
    }

    private void Store(int row)
    {
        _stored = row;
        _mapper.Read(_observation, ref _buffer, _batch.Observation(row), _source.Position);
        foreach (var column in _stores)
            column.Store(row);
        _id(ref _ids[row]);
        _batches[row] = _source.Batch;
        _stored = row + 1;
    }
}
