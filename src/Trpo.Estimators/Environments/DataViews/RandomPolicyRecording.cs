using System.Runtime.ExceptionServices;
using Trpo.Estimators.Threading;

namespace Trpo.Estimators.Environments.DataViews;

/// <summary>The rows of a random policy's table that have been computed so far, which several readers on any threads share.</summary>
internal sealed class RandomPolicyRecording
{
    private const int BlockValues = 1 << 16;

    private readonly IThreading _threading;
    private readonly object _turn = new();
    private readonly IObservationRows _source;
    private readonly int _rowLength;
    private readonly int _rowsPerBlock;
    private readonly float[][] _blocks;
    private ExceptionDispatchInfo? _failure;
    private int _hasFailed;
    private int _count;

    /// <param name="source">Computes the rows.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="rowLength">The number of values of a row.</param>
    /// <param name="threading">The operations of threads.</param>
    public RandomPolicyRecording(IObservationRows source, int rows, int rowLength, IThreading threading)
    {
        (_source, Rows, _rowLength, _threading) = (source, rows, rowLength, threading);
        _rowsPerBlock = Math.Max(1, BlockValues / rowLength);
        _blocks = new float[(rows + _rowsPerBlock - 1) / _rowsPerBlock][];
    }

    /// <summary>The number of rows that the table has in the end.</summary>
    public int Rows { get; }

    /// <summary>True if all rows have been computed.</summary>
    public bool IsComplete => _threading.Read(ref _count) == Rows;

    /// <summary>True if the computation of a row failed or was cancelled.</summary>
    public bool HasFailed => _threading.Read(ref _hasFailed) != 0;

    /// <summary>Returns a row that has been computed, <c>[d]</c>.</summary>
    public ReadOnlySpan<float> Row(int index) => _blocks[index / _rowsPerBlock].AsSpan(index % _rowsPerBlock * _rowLength, _rowLength);

    /// <summary>Computes the row with an index that no reader has asked for yet; returns at once for any other.</summary>
    /// <param name="index">The index, at most the number of rows that have been computed.</param>
    /// <exception cref="OperationCanceledException">The computation was cancelled.</exception>
    public void Require(int index)
    {
        if (index < _threading.Read(ref _count))
            return;
        using (_threading.Hold(_turn))
        {
            if (index < _count)
                return;
            _failure?.Throw();
            try
            {
                _source.MoveNext();
            }
            catch (Exception exception)
            {
                _failure = ExceptionDispatchInfo.Capture(exception);
                _threading.Write(ref _hasFailed, 1);
                throw;
            }

            ref var block = ref _blocks[index / _rowsPerBlock];
            block ??= new float[Math.Min(_rowsPerBlock, Rows - index) * _rowLength];
            _source.Current.CopyTo(block.AsSpan(index % _rowsPerBlock * _rowLength));
            _threading.Write(ref _count, index + 1);
        }
    }

    /// <summary>Ends the computation; rows that have been computed can be read on.</summary>
    public void Close()
    {
        using (_threading.Hold(_turn))
            _source.Dispose();
    }
}
