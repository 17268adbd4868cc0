using System.Collections.Immutable;
using Trpo.Runtime;
using Trpo.Runtime.Graph;

namespace Trpo.Onnx.Columns;

/// <summary>The raw columns of a number of rows, which are set one by one.</summary>
internal sealed class RowMemory
{
    private readonly ImmutableArray<ColumnMemory> _columns;
    private readonly int _capacity;
    private readonly bool[] _isSet;
    private readonly int[] _missing;

    /// <param name="columns">The memory of each column.</param>
    /// <param name="capacity">The maximum number of rows.</param>
    public RowMemory(IEnumerable<ColumnMemory> columns, int capacity)
    {
        _columns = [.. columns];
        _capacity = capacity;
        _isSet = new bool[checked(capacity * _columns.Length)];
        _missing = new int[capacity];
        _missing.AsSpan().Fill(_columns.Length);
    }

    /// <summary>The columns.</summary>
    public ImmutableArray<ColumnMemory> Columns => _columns;

    /// <summary>Sets the values of a column in a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="column">The name of the column.</param>
    /// <param name="values">The values, as many as the column has.</param>
    /// <exception cref="ArgumentException">There is no such column, or it has another length or type.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row, or a key is above the column's count.</exception>
    public void Set<T>(int row, string column, ReadOnlySpan<T> values)
    {
        ArgumentNullException.ThrowIfNull(column);
        for (var index = 0; index < _columns.Length; index++)
        {
            if (_columns[index].Input.Column.Name == column)
            {
                Set(row, index, values);
                return;
            }
        }

        throw new ArgumentException($"There is no column '{column}': the policy takes {string.Join(", ", _columns.Select(memory => memory.Input.Column))}.", nameof(column));
    }

    /// <summary>Sets the values of a column, by its index, in a row.</summary>
    /// <inheritdoc cref="Set{T}(int, string, ReadOnlySpan{T})"/>
    public void Set<T>(int row, int index, ReadOnlySpan<T> values)
    {
        if ((uint)row >= (uint)_capacity)
            throw new ArgumentOutOfRangeException(nameof(row), row, $"There is memory for {_capacity} rows.");
        var memory = _columns[index];
        if (values.Length != memory.Input.Length)
            throw new ArgumentException($"The column '{memory.Input.Column.Name}' has {memory.Input.Length} values in a row, and {values.Length} were given.", nameof(values));
        Copy(values, memory, row);
        if (_isSet[(index * _capacity) + row])
            return;
        _isSet[(index * _capacity) + row] = true;
        _missing[row]--;
    }

    /// <summary>True if a number of a row is NaN.</summary>
    public bool HasNaN(int row)
    {
        foreach (var column in _columns)
        {
            if (column is ColumnMemory<float> singles && MissingValues.Any(singles[row]))
                return true;
            if (column is ColumnMemory<double> doubles && HasNaN(doubles[row]))
                return true;
        }

        return false;
    }

    /// <summary>Takes the values that the memory has, zeros and empty texts at first, for those of every column.</summary>
    public void SetBlank() => _missing.AsSpan().Clear();

    /// <summary>Throws if a column of the first rows was never set.</summary>
    /// <exception cref="InvalidOperationException">A column was never set; the message names it and the row.</exception>
    public void CheckIsSet(int rows)
    {
        var row = _missing.AsSpan(0, rows).IndexOfAnyExcept(0);
        if (row >= 0)
            throw new InvalidOperationException($"Row {row} has no value of the column {string.Join(", ", Enumerable.Range(0, _columns.Length).Where(index => !_isSet[(index * _capacity) + row]).Select(index => $"'{_columns[index].Input.Column.Name}'"))}: set it before the run.");
    }

    private static bool HasNaN(ReadOnlySpan<double> values)
    {
        foreach (var value in values)
        {
            if (double.IsNaN(value))
                return true;
        }

        return false;
    }

    private static void Copy<T>(ReadOnlySpan<T> values, ColumnMemory memory, int row)
    {
        if (memory.Input.Column.Type == PolicyInputType.Key)
        {
            if (KeyValues.TryCopy(values, memory, row))
                return;
        }
        else if (memory is ColumnMemory<T> same)
        {
            values.CopyTo(same[row]);
            return;
        }
        else if (memory is ColumnMemory<ReadOnlyMemory<char>> texts && typeof(T) == typeof(string))
        {
            for (var i = 0; i < values.Length; i++)
                texts[row][i] = ((string?)(object?)values[i]).AsMemory();
            return;
        }

        throw new ArgumentException($"The column '{memory.Input.Column.Name}' is of the type {memory.Input.Column.Type}, and a value of the type {typeof(T).Name} was given.", nameof(values));
    }
}
