using System.Globalization;

namespace Trpo.Cli.Logs.Files;

/// <summary>The signs that the cells of a column are identifiers, times or dates: a policy that learns from those learns which rows it has seen, and meets others when it acts.</summary>
internal sealed class SerialScan
{
    private const int MinRows = 20;
    private const int MinDifferentRows = 100;
    private const double MinDifferentTexts = 0.9;
    private const int MinValues = 10;
    private const int MaxTracked = 1_000_000;

    // Whole numbers that are drawn from this many times as many as there are rows are hardly ever all different.
    private const double MaxSpread = 4;

    // 2000-01-01 and 2100-01-01.
    private const double MinUnixTime = 946_684_800;
    private const double MaxUnixTime = 4_102_444_800;

    private static readonly double[] UnitsPerSecond = [1, 1e3, 1e6, 1e9];
    private static readonly string[] DateFormats = ["yyyy-M-d", "yyyy/M/d", "yyyy.M.d", "d.M.yyyy", "M/d/yyyy", "d/M/yyyy", "d-M-yyyy"];

    private static readonly string[] TimeFormats = ["H:m", "H:m:s", "H:m:s.FFFFFFF", "h:m tt", "h:m:s tt"];

    private HashSet<long>? _different = [];
    private long _count;
    private double _last;
    private double _min = double.PositiveInfinity;
    private double _max = double.NegativeInfinity;
    private bool _rises;
    private bool _falls;
    private bool _areDays = true;
    private bool _areDates = true;
    private bool _areTimes = true;
    private long _texts;

    /// <summary>True if no number had a fraction.</summary>
    public bool IsWhole { get; private set; } = true;

    /// <summary>Adds a number.</summary>
    public void Add(double value)
    {
        if (_count++ > 0)
        {
            _rises |= value > _last;
            _falls |= value < _last;
        }

        (_last, _min, _max) = (value, Math.Min(_min, value), Math.Max(_max, value));
        IsWhole = IsWhole && Math.Floor(value) == value && double.IsFinite(value);
        _areDays = _areDays && IsWhole && IsDay(value);
        if (!IsWhole || (_different is { Count: < MaxTracked } && !_different.Add((long)value)))
            _different = null;
    }

    /// <summary>Adds a text.</summary>
    public void Add(ReadOnlySpan<char> text)
    {
        _texts++;
        _areDates = _areDates && IsDate(text.Trim());
        _areTimes = _areTimes && TimeOnly.TryParseExact(text.Trim(), TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out _);
    }

    /// <summary>Returns the sign that a column of numbers shows; null if it shows none.</summary>
    /// <param name="values">The number of different values, or more than are counted.</param>
    public string? OfNumbers(int values)
    {
        if (_count < MinRows)
            return null;
        if (Array.Exists(UnitsPerSecond, unit => _min >= MinUnixTime * unit && _max <= MaxUnixTime * unit))
            return "it has Unix times";
        if (_areDays)
            return "it has dates";
        if (values >= MinValues && !(_rises && _falls))
            return _rises ? "it never falls from row to row, like a time or the number of a row" : "it never rises from row to row, like a time or the number of a row backwards";
        return _different is not null && _count >= MinDifferentRows && (_different.Count == MaxTracked || _max - _min < MaxSpread * _count)
            ? "it has another whole number in each row, as identifiers have"
            : null;
    }

    /// <summary>Returns the sign that a column of texts shows; null if it shows none.</summary>
    public string? OfTexts() => _texts == 0 ? null : _areDates ? "it has dates" : _areTimes ? "it has times of day" : null;

    /// <summary>Returns the sign that a column shows whose cells are texts of any kind; null if it shows none.</summary>
    /// <param name="values">The number of different values.</param>
    /// <param name="count">The number of cells that have them.</param>
    public static string? OfValues(int values, long count) => count >= MinRows && values >= MinDifferentTexts * count ? "its texts nearly all differ, as those of identifiers do" : null;

    // Such as 20240131.
    private static bool IsDay(double value)
    {
        var (year, month, day) = ((int)(value / 10_000), (int)(value / 100 % 100), (int)(value % 100));
        return value is >= 1900_01_01 and <= 2100_12_31 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month);
    }

    // A date, with any time behind it.
    private static bool IsDate(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || !char.IsAsciiDigit(text[0]))
            return false;
        var end = text.IndexOfAny('T', ' ');
        return (end < 0 || (end + 1 < text.Length && char.IsAsciiDigit(text[end + 1])))
            && DateOnly.TryParseExact(end < 0 ? text : text[..end], DateFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out _);
    }
}
