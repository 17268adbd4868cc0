using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Trpo.Estimators.Logs;

/// <summary>The column that names the episode of each row, and the indices of the episodes in the order in which they are met.</summary>
internal sealed class EpisodeColumn
{
    private readonly DataViewSchema.Column _column;
    private Func<int, string> _nameOf = _ => "";

    /// <param name="column">The column.</param>
    /// <exception cref="ArgumentOutOfRangeException">The column is of no type for episodes.</exception>
    public EpisodeColumn(DataViewSchema.Column column)
    {
        if (column.Type is not (TextDataViewType or KeyDataViewType or NumberDataViewType) || column.Type.RawType == typeof(DataViewRowId))
            throw LogSchema.Mismatch("episode", column, "a key, a number or a text");
        _column = column;
    }

    /// <summary>Returns the value that names an episode, as a text for messages.</summary>
    /// <param name="index">The index of the episode.</param>
    public string NameOf(int index) => _nameOf(index);

    /// <summary>Creates a function that returns the index of the current row's episode; -1 if the value is missing.</summary>
    /// <param name="row">The cursor.</param>
    public Func<int> Open(DataViewRow row)
    {
        if (_column.Type is KeyDataViewType)
            return Index(LogSchema.OpenKey(row, _column), key => key == 0, "key ");
        return _column.Type.RawType switch
        {
            var type when type == typeof(ReadOnlyMemory<char>) => Texts(row),
            var type when type == typeof(float) => Numbers<float>(row, value => !float.IsFinite(value)),
            var type when type == typeof(double) => Numbers<double>(row, value => !double.IsFinite(value)),
            var type when type == typeof(int) => Numbers<int>(row),
            var type when type == typeof(long) => Numbers<long>(row),
            var type when type == typeof(short) => Numbers<short>(row),
            var type when type == typeof(sbyte) => Numbers<sbyte>(row),
            var type when type == typeof(uint) => Numbers<uint>(row),
            var type when type == typeof(ulong) => Numbers<ulong>(row),
            var type when type == typeof(ushort) => Numbers<ushort>(row),
            _ => Numbers<byte>(row),
        };
    }

    private Func<int> Texts(DataViewRow row)
    {
        var getter = row.GetGetter<ReadOnlyMemory<char>>(_column);
        return Index(
            () =>
            {
                ReadOnlyMemory<char> text = default;
                getter(ref text);
                return text.ToString();
            },
            text => text.Length == 0);
    }

    // Of the column's own type: identifiers of 64 bits are not distinct as floating-point numbers.
    private Func<int> Numbers<T>(DataViewRow row, Predicate<T>? isMissing = null)
        where T : notnull
    {
        var getter = row.GetGetter<T>(_column);
        return Index(
            () =>
            {
                T value = default!;
                getter(ref value);
                return value;
            },
            isMissing ?? (_ => false));
    }

    private Func<int> Index<T>(Func<T> read, Predicate<T> isMissing, string prefix = "")
        where T : notnull
    {
        var indices = new Dictionary<T, int>();
        _nameOf = index => $"'{prefix}{Convert.ToString(indices.First(pair => pair.Value == index).Key, CultureInfo.InvariantCulture)}'";
        return () =>
        {
            var value = read();
            if (isMissing(value))
                return -1;
            ref var index = ref CollectionsMarshal.GetValueRefOrAddDefault(indices, value, out var isKnown);
            if (!isKnown)
                index = indices.Count - 1;
            return index;
        };
    }
}
