using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Microsoft.ML;
using Trpo.Cli.Logs.Files;

namespace Trpo.Cli.Logs;

/// <summary>The hash of the first rows of a log, by which a copy of it, in whatever format, is found to be the same log.</summary>
internal static class FirstRows
{
    private const long MaxRows = 1_000;

    /// <summary>Returns the hash of the columns that a choice loads.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="view">The rows.</param>
    /// <param name="choice">The columns.</param>
    /// <param name="count">The number of rows that are of interest; of more than 1,000, the first 1,000 are hashed.</param>
    public static string Hash(MLContext ml, IDataView view, LogChoice choice, long count)
    {
        var hash = new XxHash128();
        var rows = ml.Data.TakeRows(view, Math.Min(count, MaxRows));
        using var cursor = rows.GetRowCursor(rows.Schema);
        Func<string>[] cells = [.. choice.Fields.Select(field => Cell(cursor, field))];
        while (cursor.MoveNext())
        {
            foreach (var cell in cells)
                hash.Append(Encoding.UTF8.GetBytes($"{cell()}\0"));
        }

        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    private static Func<string> Cell(DataViewRow row, LogField field) => field.Type switch
    {
        LogFieldType.Text => Cell<ReadOnlyMemory<char>>(row, field.Name, text => text.ToString()),
        LogFieldType.Single => Cell<float>(row, field.Name, number => number.ToString("R", CultureInfo.InvariantCulture)),
        _ => Cell<double>(row, field.Name, number => number.ToString("R", CultureInfo.InvariantCulture)),
    };

    private static Func<string> Cell<T>(DataViewRow row, string name, Func<T, string> convert)
        where T : struct
    {
        var value = RowCell.Reader<T>(row, name);
        return () => convert(value());
    }
}
