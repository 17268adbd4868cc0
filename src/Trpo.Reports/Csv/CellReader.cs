using System.Globalization;
using nietras.SeparatedValues;

namespace Trpo.Reports.Csv;

/// <summary>The cells of a row, checked; a complaint names the file, the line and the column.</summary>
internal readonly ref struct CellReader(SepReader.Row row, string path, IReadOnlyList<string> names)
{
    // A hundred years.
    private const double LongestTime = 3.2e9;

    private readonly SepReader.Row _row = row;

    /// <summary>A whole number from 1.</summary>
    public int Count(int column) => int.TryParse(_row[column].Span, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0 && !HasZeros(column)
        ? value : throw Complaint(column, $"'{Shown(column)}' is no whole number from 1");

    /// <summary>A number, infinities among them; NaN where the cell is empty.</summary>
    public double Number(int column)
    {
        var text = _row[column].Span;
        if (text.IsEmpty)
            return double.NaN;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && !HasZeros(column) ? value : throw Complaint(column, $"'{Shown(column)}' is no number");
    }

    /// <summary>A time in seconds.</summary>
    public double Seconds(int column) => Number(column) is >= 0 and <= LongestTime and var seconds ? seconds : throw Complaint(column, $"'{Shown(column)}' is no time in seconds");

    /// <summary>A member of an enumeration.</summary>
    public T Name<T>(int column)
        where T : struct, Enum =>
        Enum.TryParse<T>(_row[column].Span, out var value) && _row[column].Span.SequenceEqual(value.ToString())
            ? value : throw Complaint(column, $"'{Shown(column)}' is none of {string.Join(", ", Enum.GetNames<T>())}");

    public InvalidDataException Complaint(int column, string reason) =>
        new($"{path}, line {_row.LineNumberFrom}, column '{names[column]}': {reason}.");

    // What a power failure leaves; .NET takes a number with zeros behind it for a number.
    private bool HasZeros(int column) => _row[column].Span.Contains('\0');

    private string Shown(int column)
    {
        const int Most = 40;
        var text = _row[column].ToString();
        return text.Length <= Most ? text : text[..Most] + "...";
    }
}
