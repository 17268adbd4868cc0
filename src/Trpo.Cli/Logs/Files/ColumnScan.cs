using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Trpo.Cli.Logs.Files;

/// <summary>The counts of the cells of a column, from which its kind follows.</summary>
/// <param name="name">The name of the column.</param>
/// <param name="place">The name of a place: "line" or "row".</param>
internal sealed class ColumnScan(string name, string place)
{
    /// <summary>The number of different texts up to which they are counted.</summary>
    public const int MaxValues = 1_000;

    /// <summary>The number of characters that the name of an action or a category may have.</summary>
    public const int MaxLength = 1_000;

    // So few texts among numbers are errors rather than names.
    private const int MinNumbers = 20;
    private const double MaxTexts = 0.05;

    // Hashes, because a text may have a megabyte.
    private readonly HashSet<ulong> _values = [];
    private readonly SerialScan _serial = new();
    private long _numbers;
    private long _booleans;
    private long _texts;
    private long _counted;
    private (long Count, long First) _empty;
    private (long Count, long First) _missing;
    private CellNote? _firstText;
    private CellNote? _firstFlag;
    private CellNote? _firstWord;
    private CellNote? _firstLarge;
    private CellNote? _firstLong;
    private string? _unreadable;

    /// <summary>Counts a cell.</summary>
    /// <param name="cell">The text of the cell.</param>
    /// <param name="number">The line, or the row.</param>
    public void Add(ReadOnlySpan<char> cell, long number)
    {
        if (cell.IsEmpty)
        {
            Count(ref _empty, number);
            return;
        }

        cell = LogCell.TextOf(cell);
        if (_values.Count <= MaxValues && ++_counted > 0)
            _values.Add(XxHash3.HashToUInt64(MemoryMarshal.AsBytes(cell)));
        if (cell.Length > MaxLength)
            _firstLong ??= Note(cell, number);
        if (LogCell.IsMissing(cell))
        {
            Count(ref _missing, number);
            _firstWord ??= Note(cell, number);
        }
        else if (LogCell.TryNumber(cell, out var value))
        {
            _numbers++;
            _serial.Add(value);
            if (!(Math.Abs(value) <= float.MaxValue))
                _firstLarge ??= Note(cell, number);
        }
        else if (LogCell.TryBoolean(cell, out _))
        {
            _booleans++;
            _firstFlag ??= Note(cell, number);
        }
        else
        {
            _texts++;
            _serial.Add(cell);
            _firstText ??= Note(cell, number);
        }
    }

    /// <summary>Marks the column as one that cannot be loaded.</summary>
    /// <param name="reason">The reason, as the end of a sentence about the column.</param>
    public void Refuse(string reason) => _unreadable ??= reason;

    /// <summary>Returns the column.</summary>
    public LogColumn ToColumn()
    {
        var kind = (_numbers, _booleans, _texts) switch
        {
            (_, 0, 0) => LogColumnKind.Number,
            (0, _, 0) => LogColumnKind.Boolean,
            _ => LogColumnKind.Text,
        };

        // A word such as NA is a name among names, and a missing number among numbers.
        var missing = kind == LogColumnKind.Text ? _empty : Together(_empty, _missing);
        return new LogColumn
        {
            Name = name,
            Kind = kind,
            Missing = missing.Count,
            FirstMissing = missing.Count == 0 ? null : Place(missing.First),
            Values = _values.Count,
            FirstText = _firstText ?? _firstFlag ?? (kind == LogColumnKind.Text ? _firstWord : null),
            FirstLarge = _firstLarge,
            FirstLong = _firstLong,
            Unreadable = _unreadable,
            IsWhole = kind == LogColumnKind.Number && _serial.IsWhole,
            Mixture = kind == LogColumnKind.Text ? MixtureOf() : null,
            Serial = kind switch
            {
                LogColumnKind.Number => _serial.OfNumbers(_values.Count),
                LogColumnKind.Text when _numbers + _booleans == 0 && _serial.OfTexts() is { } sign => sign,
                LogColumnKind.Text when MixtureOf() is null => SerialScan.OfValues(_values.Count, _counted),
                _ => null,
            },
        };
    }

    private string? MixtureOf()
    {
        if (_numbers > 0 && _booleans > 0 && _texts == 0)
            return $"has both numbers and true or false, such as '{_firstFlag!.Text}' in {_firstFlag.Place}: write one of them";
        return _numbers >= MinNumbers && _booleans == 0 && _texts > 0 && _texts <= MaxTexts * _numbers
            ? string.Create(CultureInfo.InvariantCulture, $"has numbers in {_numbers:N0} rows, and {(_texts == 1 ? "a text" : string.Create(CultureInfo.InvariantCulture, $"{_texts:N0} texts"))}: '{_firstText!.Text}' in {_firstText.Place} is no number{(LogCell.TryNumber(_firstText.Text.Replace(',', '.'), out _) ? ". Write numbers with a decimal point" : "; correct it, or leave the cell empty")}")
            : null;
    }

    private static void Count(ref (long Count, long First) counter, long number) => counter = (counter.Count + 1, counter.Count == 0 ? number : counter.First);

    private static (long Count, long First) Together((long Count, long First) one, (long Count, long First) other) => (one.Count, other.Count) switch
    {
        (_, 0) => one,
        (0, _) => other,
        _ => (one.Count + other.Count, Math.Min(one.First, other.First)),
    };

    private CellNote Note(ReadOnlySpan<char> cell, long number) => new(LogCell.Beginning(cell), Place(number));

    private string Place(long number) => string.Create(CultureInfo.InvariantCulture, $"{place} {number}");
}
