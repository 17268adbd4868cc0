using Microsoft.ML;
using Microsoft.ML.Data;

namespace Trpo.Onnx;

/// <summary>
/// Reads observations ahead of the row that is current and scores them in batches, which is some ten times faster than one by
/// one. Batches start small, so that whoever wants a few rows does not wait for many.
/// </summary>
internal sealed class LookAhead : IDisposable
{
    private const int FirstBatch = 16;
    private const int LargestBatch = 256;

    private readonly DataViewRowCursor _source;
    private readonly ValueGetter<VBuffer<float>> _observation;
    private readonly ValueGetter<DataViewRowId> _id;
    private readonly DataViewRowId[] _ids = new DataViewRowId[LargestBatch];
    private VBuffer<float> _buffer;
    private long _first;
    private int _count;
    private int _size = FirstBatch;

    public LookAhead(PolicyRowMapper mapper, DataViewRowCursor source)
    {
        _source = source;
        _observation = source.GetGetter<VBuffer<float>>(mapper.Observation);
        _id = source.GetIdGetter();
        Batch = mapper.CreateBatch(LargestBatch);
    }

    /// <summary>The results of the rows that were read ahead.</summary>
    public PolicyBatch Batch { get; }

    /// <summary>The place in the batch of the row at <paramref name="position"/>, which never goes back.</summary>
    /// <exception cref="InvalidOperationException">The two readings of the source do not give the same rows.</exception>
    public int Locate(long position, DataViewRowId id)
    {
        if (position >= _first + _count && !ReadBatch(position))
            throw Differs(position);

        var row = (int)(position - _first);
        return _ids[row].Equals(id) ? row : throw Differs(position);
    }

    public void Dispose()
    {
        Batch.Dispose();
        _source.Dispose();
    }

    // Rows before the wanted one, which nobody asked to score, are passed over without being scored.
    private bool ReadBatch(long wanted)
    {
        _first += _count;
        _count = 0;
        while (_count < _size && _source.MoveNext())
        {
            if (_first < wanted && _count == 0)
            {
                _first++;
                continue;
            }

            _observation(ref _buffer);
            _buffer.CopyTo(Batch.Observation(_count));
            _id(ref _ids[_count]);
            _count++;
        }

        Batch.Run(_count);
        _size = Math.Min(2 * _size, LargestBatch);
        return _count > 0;
    }

    private static InvalidOperationException Differs(long position) => new(
        $"The policy reads its input twice, once ahead to score in batches, and found another row at position {position} the second time. The view that it reads must give the same rows whenever it is read; materialise it, for example with Data.Cache.");
}
