using Microsoft.ML;
using Microsoft.ML.Data;

namespace Trpo.Onnx.Rows;

/// <summary>A single row, as a PredictionEngine reads it. The policy runs when one of its outputs is read.</summary>
internal sealed class PolicyRow : DataViewRow
{
    private readonly PolicyRowMapper _mapper;
    private readonly DataViewRow _input;
    private readonly int _engine;
    private readonly HashSet<int> _active;
    private readonly IPolicyBatch? _batch;
    private readonly ValueGetter<VBuffer<float>>? _observation;
    private VBuffer<float> _buffer;
    private long _scored = -1;
    private bool _disposed;

    /// <param name="mapper">The policy and its columns.</param>
    /// <param name="engine">The index of the engine; each engine draws other actions.</param>
    /// <param name="input">The row to act on.</param>
    /// <param name="activeColumns">The columns that will be read.</param>
    public PolicyRow(PolicyRowMapper mapper, int engine, DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        _mapper = mapper;
        _input = input;
        _engine = engine;
        var active = activeColumns.ToList();
        _active = [.. active.Select(column => column.Index)];
        if (!active.Any(mapper.IsComputed))
            return;
        _batch = mapper.CreateBatch(1);
        _observation = input.GetGetter<VBuffer<float>>(mapper.Observation);
    }

    public override DataViewSchema Schema => _mapper.OutputSchema;

    public override long Position => _input.Position;

    public override long Batch => _input.Batch;

    public override ValueGetter<DataViewRowId> GetIdGetter() => _input.GetIdGetter();

    public override bool IsColumnActive(DataViewSchema.Column column) => _active.Contains(column.Index);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!IsColumnActive(column))
            throw new ArgumentException($"The column '{column.Name}' is not active.", nameof(column));
        return _mapper.IsComputed(column)
            ? DataViewColumns.CastGetter<TValue>(_mapper.ComputedGetter(column, _batch!, Locate), column)
            : _input.GetGetter<TValue>(_mapper.InputSchema[column.Index]);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;
            _batch?.Dispose();
            _input.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Locate()
    {
        if (_scored != _input.Position)
        {
            _mapper.Read(_observation!, ref _buffer, _batch!.Observation(0), _input.Position);
            _batch.Run(1, [new DataViewRowId((ulong)_input.Position, (ulong)_engine)]);
            _scored = _input.Position;
        }

        return 0;
    }
}
