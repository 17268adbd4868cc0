using System.Globalization;
using nietras.SeparatedValues;

namespace Trpo.Reports.Csv;

/// <summary>A reader of the cells of a row, which refuses damaged ones by file, line and column.</summary>
internal readonly ref struct CellReader(SepReader.Row row, string path, IReadOnlyList<string> names)
{
    // A hundred years.
    private const double MaxSeconds = 3.2e9;

    private readonly SepReader.Row _row = row;

    /// <summary>Reads the rows of a text of whole lines.</summary>
    /// <exception cref="InvalidDataException">The text is damaged; the message names the line and the column.</exception>
    public static List<T> Rows<T>(string text, string path, Func<SepReader, List<T>> read)
    {
        if (text.Length == 0)
            return [];
        try
        {
            using var reader = Sep.New(',').Reader(options => options with { Unescape = true, CultureInfo = CultureInfo.InvariantCulture, DisableColCountCheck = true }).FromText(text);
            return read(reader);
        }
        // Sep refuses two columns of one name, and a row that never ends, in this way.
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            throw new InvalidDataException($"{path}: {exception.Message}", exception);
        }
    }

    /// <summary>Returns the index of a column.</summary>
    /// <exception cref="InvalidDataException">There is no such column.</exception>
    public static int Require(SepReader reader, string name, string path) =>
        reader.Header.TryIndexOf(name, out var index) ? index : throw new InvalidDataException($"{path}, line 1: the column '{name}' is missing.");

    /// <summary>Checks that the row has a cell for each column.</summary>
    public void RequireAll()
    {
        if (_row.ColCount != names.Count)
            throw Damage(Math.Min(_row.ColCount, names.Count) - 1, $"{names.Count} cells are expected, but there are {_row.ColCount}");
    }

    /// <summary>Reads a whole number from 1.</summary>
    public int Count(int column) => Whole(column, 1);

    /// <summary>Reads a whole number from 0.</summary>
    public int CountOrZero(int column) => Whole(column, 0);

    /// <summary>Reads a number, which may be infinite; NaN if the cell is empty.</summary>
    public double Number(int column)
    {
        var text = _row[column].Span;
        if (text.IsEmpty)
            return double.NaN;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && !HasZeros(column) ? value : throw Damage(column, $"'{Shown(column)}' is no number");
    }

    /// <summary>Reads a time in seconds.</summary>
    public double Seconds(int column) => Number(column) is >= 0 and <= MaxSeconds and var seconds ? seconds : throw Damage(column, $"'{Shown(column)}' is no time in seconds");

    /// <summary>Reads a member of an enumeration.</summary>
    public T Name<T>(int column)
        where T : struct, Enum =>
        Enum.TryParse<T>(_row[column].Span, out var value) && _row[column].Span.SequenceEqual(value.ToString())
            ? value : throw Damage(column, $"'{Shown(column)}' is none of {string.Join(", ", Enum.GetNames<T>())}");

    /// <summary>Creates the exception for a damaged cell.</summary>
    public InvalidDataException Damage(int column, string reason) =>
        new($"{path}, line {_row.LineNumberFrom}, column '{names[column]}': {reason}.");

    private int Whole(int column, int least) => int.TryParse(_row[column].Span, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && !HasZeros(column)
        ? value : throw Damage(column, $"'{Shown(column)}' is no whole number from {least}");

    // A power failure leaves zeros, and .NET parses a number with zeros behind it.
    private bool HasZeros(int column) => _row[column].Span.Contains('\0');

    private string Shown(int column)
    {
        const int MaxLength = 40;
        var text = _row[column].ToString();
        return text.Length <= MaxLength ? text : text[..MaxLength] + "...";
    }
}
