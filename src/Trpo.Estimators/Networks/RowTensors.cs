using Trpo.Estimators.Foundation;
using static TorchSharp.torch;

namespace Trpo.Estimators.Networks;

/// <summary>Contiguous tensors <c>[N, width]</c> of several widths. Their memory is kept when the number of rows changes, and grows with it.</summary>
/// <param name="widths">The width of each tensor.</param>
/// <param name="type">The type of the elements.</param>
/// <param name="device">The device of the memory.</param>
internal sealed class RowTensors(IReadOnlyList<int> widths, ScalarType type, Device device) : IDisposable
{
    private readonly Tensor[] _memory = new Tensor[widths.Count];
    private readonly Tensor[] _rows = new Tensor[widths.Count];
    private readonly Tensor?[] _transposed = new Tensor?[widths.Count];
    private long _capacity;

    /// <summary>Gets the number of rows, <c>N</c>; 0 before the first <see cref="Resize"/>.</summary>
    public long Rows { get; private set; }

    /// <summary>Gets a tensor, <c>[N, width]</c>.</summary>
    public Tensor this[int index] => _rows[index];

    /// <summary>Gets a view of a tensor, <c>[width, N]</c>.</summary>
    public Tensor Transposed(int index)
    {
        if (_transposed[index] is { } transposed)
            return transposed;
        using var modes = GradientMode.Enable();
        return _transposed[index] = _rows[index].t().DetachFromDisposeScope();
    }

    /// <summary>Sets the number of rows. The elements are undefined after a change.</summary>
    public void Resize(long rows)
    {
        if (rows == Rows)
            return;

        // What is created in a caller's inference mode could not be changed outside of it.
        using var modes = GradientMode.Enable();
        Rows = 0;
        Release(_rows);
        Release(_transposed);
        if (rows > _capacity)
        {
            _capacity = 0;
            Release(_memory);
            for (var i = 0; i < _memory.Length; i++)
                _memory[i] = empty(rows, widths[i], dtype: type, device: device).DetachFromDisposeScope();
            _capacity = rows;
        }

        for (var i = 0; i < _rows.Length; i++)
            _rows[i] = _memory[i].narrow(0, 0, rows).DetachFromDisposeScope();
        Rows = rows;
    }

    public void Dispose()
    {
        Release(_rows);
        Release(_transposed);
        Release(_memory);
        (Rows, _capacity) = (0, 0);
    }

    private static void Release(Tensor?[] tensors)
    {
        foreach (var tensor in tensors)
            tensor?.Dispose();
        Array.Clear(tensors);
    }
}
