using Microsoft.ML;
using Microsoft.ML.Data;

namespace Trpo.Estimators.Logs;

/// <summary>The numbers of a column of any of ML.NET's types of numbers, or of Booleans (1 for true).</summary>
internal static class NumberColumn
{
    /// <summary>Creates a function that returns the value of the current row; null if the column has no numbers.</summary>
    /// <param name="row">The row, or the cursor.</param>
    /// <param name="column">The column.</param>
    public static Func<double>? Open(DataViewRow row, DataViewSchema.Column column) => column.Type.RawType switch
    {
        _ when !IsNumber(column.Type) => null,
        var type when type == typeof(float) => Read<float>(row, column, value => value),
        var type when type == typeof(double) => Read<double>(row, column, value => value),
        var type when type == typeof(bool) => Read<bool>(row, column, value => value ? 1 : 0),
        var type when type == typeof(int) => Read<int>(row, column, value => value),
        var type when type == typeof(long) => Read<long>(row, column, value => value),
        var type when type == typeof(short) => Read<short>(row, column, value => value),
        var type when type == typeof(sbyte) => Read<sbyte>(row, column, value => value),
        var type when type == typeof(uint) => Read<uint>(row, column, value => value),
        var type when type == typeof(ulong) => Read<ulong>(row, column, value => value),
        var type when type == typeof(ushort) => Read<ushort>(row, column, value => value),
        _ => Read<byte>(row, column, value => value),
    };

    /// <summary>True if a type is that of a number or a Boolean.</summary>
    public static bool IsNumber(DataViewType type) => type is NumberDataViewType or BooleanDataViewType;

    private static Func<double> Read<T>(DataViewRow row, DataViewSchema.Column column, Func<T, double> convert)
    {
        var getter = row.GetGetter<T>(column);
        return () =>
        {
            T value = default!;
            getter(ref value);
            return convert(value);
        };
    }
}
