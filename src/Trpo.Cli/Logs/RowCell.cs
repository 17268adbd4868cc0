using Microsoft.ML;

namespace Trpo.Cli.Logs;

/// <summary>The value of a column in the current row of a cursor.</summary>
internal static class RowCell
{
    /// <summary>Returns a function that reads the value.</summary>
    /// <typeparam name="T">The type of the column's values.</typeparam>
    /// <param name="row">The cursor.</param>
    /// <param name="name">The name of the column.</param>
    public static Func<T> Reader<T>(DataViewRow row, string name)
        where T : struct
    {
        var getter = row.GetGetter<T>(row.Schema[name]);
        return () =>
        {
            var value = default(T);
            getter(ref value);
            return value;
        };
    }
}
