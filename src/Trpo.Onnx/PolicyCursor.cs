using Microsoft.ML;
using Microsoft.ML.Data;

namespace Trpo.Onnx;

/// <summary>The rows of the input, with the action and the score that a <see cref="LookAhead"/> has ready for them.</summary>
internal sealed class PolicyCursor : DataViewRowCursor
{
    private readonly PolicyRowMapper _mapper;
    private readonly DataViewRowCursor _input;
    private readonly LookAhead? _ahead;
    private readonly HashSet<int> _active;
    private readonly ValueGetter<DataViewRowId> _id;

    public PolicyCursor(PolicyRowMapper mapper, IEnumerable<DataViewSchema.Column> columnsNeeded, DataViewRowCursor input, LookAhead? ahead)
    {
        _mapper = mapper;
        _input = input;
        _ahead = ahead;
        _active = [.. columnsNeeded.Select(column => column.Index)];
        _id = input.GetIdGetter();
    }

    public override DataViewSchema Schema => _mapper.OutputSchema;

    public override long Position => _input.Position;

    public override long Batch => _input.Batch;

    public override ValueGetter<DataViewRowId> GetIdGetter() => _input.GetIdGetter();

    public override bool IsColumnActive(DataViewSchema.Column column) => _active.Contains(column.Index);

    public override bool MoveNext() => _input.MoveNext();

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!IsColumnActive(column))
            throw new ArgumentException($"The column '{column.Name}' is not active.", nameof(column));
        return _mapper.IsComputed(column)
            ? _mapper.ComputedGetter(column, _ahead!.Batch, Locate).As<TValue>(column)
            : _input.GetGetter<TValue>(_mapper.InputSchema[column.Index]);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _ahead?.Dispose();
            _input.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Locate()
    {
        DataViewRowId id = default;
        _id(ref id);
        return _ahead!.Locate(_input.Position, id);
    }
}
