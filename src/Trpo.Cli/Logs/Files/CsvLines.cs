using System.Globalization;
using System.Text;
using Microsoft.ML.Data;

namespace Trpo.Cli.Logs.Files;

/// <summary>
/// The rows of a CSV file as lines for ML.NET's TextLoader: the chosen cells alone, numbers in the invariant culture, every text in quotes, behind a first cell that is always the same. By itself, TextLoader
/// skips lines that begin with two slashes, takes empty numbers for 0, and ends a cell at a quote.
/// </summary>
/// <param name="rows">The rows, which the reader owns.</param>
/// <param name="cells">The cells of a line: types, indices in the row, and true for those of columns of texts.</param>
internal sealed class CsvLines(CsvRows rows, (LogField Field, int Index, bool IsText)[] cells) : TextReader
{
    /// <summary>The character between cells.</summary>
    public const char Separator = ',';

    private readonly StringBuilder _line = new();

    /// <summary>Returns the type of TextLoader for the type of a column.</summary>
    public static DataKind KindOf(LogFieldType type) => type switch
    {
        LogFieldType.Text => DataKind.String,
        LogFieldType.Single => DataKind.Single,
        _ => DataKind.Double,
    };

    /// <summary>Returns the next row as one line; a text in quotes may have line breaks. Null at the end.</summary>
    public override string? ReadLine()
    {
        if (!rows.Read())
            return null;
        _line.Clear().Append('0');
        foreach (var (field, index, isText) in cells)
        {
            _line.Append(Separator);
            var cell = rows[index];
            if (field.Type == LogFieldType.Text)
                Quote(isText ? LogCell.TextOf(cell) : LogCell.NameOf(cell));
            else if (LogCell.NumberOf(cell) is var number && !double.IsNaN(number))
                _line.Append(CultureInfo.InvariantCulture, $"{number:E16}"); // TextLoader reads 17 digits exactly, and rounds the last bit of some shorter texts.
        }

        return _line.ToString();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            rows.Dispose();
        base.Dispose(disposing);
    }

    private void Quote(ReadOnlySpan<char> cell)
    {
        if (cell.IsEmpty)
            return;
        _line.Append('"');
        for (var quote = cell.IndexOf('"'); quote >= 0; quote = cell.IndexOf('"'))
        {
            _line.Append(cell[..(quote + 1)]).Append('"');
            cell = cell[(quote + 1)..];
        }

        _line.Append(cell).Append('"');
    }
}
