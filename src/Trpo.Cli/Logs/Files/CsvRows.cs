using System.Globalization;
using System.Text;
using nietras.SeparatedValues;
using Trpo.Cli.Foundation;

namespace Trpo.Cli.Logs.Files;

/// <summary>The rows of a CSV file behind its header, one after the other. Blank lines are skipped.</summary>
internal sealed class CsvRows : IDisposable
{
    private const int MaxNamed = 12;
    private const string QuoteRule = "Put quotes around a cell that has a quote, a separator or a line break in it, and two quotes for one inside of quotes.";

    private readonly string _path;
    private readonly IReadOnlyList<string> _names;
    private readonly SepReader _reader;

    /// <param name="path">The file.</param>
    /// <param name="names">The names of the columns.</param>
    /// <param name="separator">The character between cells.</param>
    public CsvRows(string path, IReadOnlyList<string> names, char separator)
    {
        (_path, _names, _reader) = (path, names, Open(path, new Sep(separator)));
        MoveNext(_path, _reader);
    }

    /// <summary>Gets the line on which the current row begins, from 1.</summary>
    public long Line => _reader.Current.LineNumberFrom;

    /// <summary>Gets a cell of the current row, without the spaces and quotes around it. The memory is valid until the next row.</summary>
    public ReadOnlySpan<char> this[int index] => Unquoted(_reader.Current[index].Span);

    /// <summary>Reads the names of the columns.</summary>
    /// <param name="path">The file.</param>
    /// <param name="separator">The character between cells, which the header shows.</param>
    /// <exception cref="CommandException">The file has no header, or one whose names cannot be told apart.</exception>
    public static string[] ReadHeader(string path, out char separator)
    {
        if (new FileInfo(path).Length == 0)
            throw new CommandException($"{path} is empty: a log has a header with the names of its columns, and a row for each decision.");
        using var reader = Open(path, null);
        if (!MoveNext(path, reader))
            throw new CommandException($"{path} has no header with the names of its columns.");
        separator = reader.Spec.Sep.Separator;
        var row = reader.Current;
        var names = new string[row.ColCount];
        for (var i = 0; i < names.Length; i++)
        {
            if (!CsvQuotes.AreAroundCell(row[i].Span))
                throw new CommandException($"The header of {path} has a quote within the name '{LogCell.Beginning(row[i].Span.Trim().ToString().ReplaceLineEndings(" "))}'. {QuoteRule}");
            names[i] = Unquoted(row[i].Span).ToString();
            if (names[i].Contains('\0', StringComparison.Ordinal))
                throw new CommandException($"{path} is no text: there is a NUL character in its header. A log is a CSV file, an SQLite database or a Parquet file.");
        }

        if (names.Length == 1)
            throw new CommandException($"The header of {path} has one column, '{LogCell.Beginning(names[0])}': separate the columns by commas, semicolons, tabs or bars.");
        if (Array.FindIndex(names, name => name.Length == 0) is >= 0 and var empty)
            throw new CommandException(string.Create(CultureInfo.InvariantCulture, $"Column {empty + 1} of {names.Length} in the header of {path} has no name: give it one."));
        if (names.CountBy(name => name).FirstOrDefault(pair => pair.Value > 1) is { Value: > 1 } twice)
            throw new CommandException($"{twice.Value} columns in the header of {path} have the name '{twice.Key}': rename all but one.");
        return names;
    }

    /// <summary>Reads the next row; returns false at the end.</summary>
    /// <exception cref="CommandException">The row is damaged.</exception>
    public bool Read()
    {
        while (MoveNext(_path, _reader))
        {
            var row = _reader.Current;
            if (row.ColCount == 1 && row.Span.Trim().IsEmpty)
                continue;
            if (row.Span.Contains('"'))
                CheckQuotes(row);
            if (row.ColCount != _names.Count)
                throw new CommandException(Text($"Line {row.LineNumberFrom} of {_path} has {row.ColCount} cells, but the header has {_names.Count}: {string.Join(", ", _names.Take(MaxNamed).Select(name => $"'{LogCell.Beginning(name)}'"))}{(_names.Count > MaxNamed ? ", ..." : "")}. {QuoteRule}"));
            if (row.Span.Contains('\0'))
                throw new CommandException(Text($"There is a NUL character in line {row.LineNumberFrom} of {_path}: the file is damaged, or no text."));
            return true;
        }

        return false;
    }

    /// <inheritdoc/>
    public void Dispose() => _reader.Dispose();

    // Any quote begins or ends a part in which separators and line breaks are text, for Sep: a stray one would make one row of two.
    private void CheckQuotes(SepReader.Row row)
    {
        for (var i = 0; i < row.ColCount; i++)
        {
            if (!CsvQuotes.AreAroundCell(row[i].Span))
                throw new CommandException(Text($"Line {row.LineNumberFrom} of {_path} has a quote within the cell '{LogCell.Beginning(row[i].Span.Trim().ToString().ReplaceLineEndings(" "))}'. {QuoteRule}"));
        }

        if (CsvQuotes.MergeRows(row.Span, _reader.Spec.Sep.Separator, _names.Count))
            throw new CommandException(Text($"The line {row.LineNumberFrom} of {_path} and the one behind it are one row by their quotes, but each looks like a row of {_names.Count} cells: a quote is missing, or one too many. If they are one row, write spaces for the line breaks in its cells. {QuoteRule}"));
    }

    // Sep's own removal of quotes also trims spaces that were quoted, where a quote stands beside them.
    private static ReadOnlySpan<char> Unquoted(ReadOnlySpan<char> cell)
    {
        cell = cell.Trim();
        if (cell.Length < 2 || cell[0] != '"' || cell[^1] != '"')
            return cell;
        cell = cell[1..^1];
        return cell.Contains('"') ? cell.ToString().Replace("\"\"", "\"", StringComparison.Ordinal) : cell;
    }

    private static SepReader Open(string path, Sep? separator)
    {
        var text = new StreamReader(path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: true);
        try
        {
            return new SepReaderOptions(separator) { HasHeader = false, DisableColCountCheck = true }.From(text);
        }
        catch (Exception exception) when (Damage(path, exception) is { } damage)
        {
            text.Dispose();
            throw damage;
        }
        catch
        {
            text.Dispose();
            throw;
        }
    }

    private static bool MoveNext(string path, SepReader reader)
    {
        try
        {
            return reader.MoveNext();
        }
        catch (Exception exception) when (Damage(path, exception) is { } damage)
        {
            throw damage;
        }
    }

    private static CommandException? Damage(string path, Exception exception) => exception switch
    {
        DecoderFallbackException => new CommandException($"{path} is not in UTF-8: save it as \"CSV UTF-8\".", exception),
        NotSupportedException or InvalidDataException => new CommandException($"{path} has a row that cannot be read, perhaps because a quote is not closed: {exception.Message}", exception),
        _ => null,
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
