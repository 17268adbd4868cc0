using Trpo.Runtime.Graph;

namespace Trpo.Onnx.Columns;

/// <summary>Keys as integers of any type: from 1 to the column's count, and 0 for a missing one.</summary>
internal static class KeyValues
{
    /// <summary>Copies keys to the memory of a column.</summary>
    /// <returns>True if the values are integers.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A key is above the column's count.</exception>
    public static bool TryCopy<T>(ReadOnlySpan<T> keys, ColumnMemory memory, int row)
    {
        for (var i = 0; i < keys.Length; i++)
        {
            if (!TryRead(keys[i], out var key))
                return false;
            Check(key, memory.Input.Column);
            if (memory is ColumnMemory<uint> narrow)
                narrow[row][i] = (uint)key;
            else
                ((ColumnMemory<long>)memory)[row][i] = key;
        }

        return true;
    }

    /// <summary>Reads an integer of any type.</summary>
    /// <returns>True if the value is an integer.</returns>
    public static bool TryRead<T>(T value, out long key)
    {
        // The JIT keeps one of the cases, without boxing.
        key = value switch
        {
            uint number => number,
            int number => number,
            long number => number,
            ulong number => number > long.MaxValue ? long.MaxValue : (long)number,
            byte number => number,
            ushort number => number,
            short number => number,
            sbyte number => number,
            _ => long.MinValue,
        };
        return value is uint or int or long or ulong or byte or ushort or short or sbyte;
    }

    private static void Check(long key, PolicyInputColumn column)
    {
        if (key < 0 || key > (column.KeyCount ?? int.MaxValue))
            throw new ArgumentOutOfRangeException(nameof(key), key, $"The keys of the column '{column.Name}' are from 1 to {column.KeyCount}, and 0 for a missing one.");
    }
}
