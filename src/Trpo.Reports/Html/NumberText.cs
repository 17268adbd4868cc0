using System.Globalization;

namespace Trpo.Reports.Html;

/// <summary>The texts of numbers in the page, in the invariant culture.</summary>
internal static class NumberText
{
    private const string Unknown = "\u2013";

    /// <summary>Returns a whole number with separators.</summary>
    public static string Count(double value) => double.IsFinite(value) ? value.ToString("N0", CultureInfo.InvariantCulture) : Unknown;

    /// <summary>Returns a measured number with about four digits.</summary>
    public static string Measured(double value) => double.IsInfinity(value) ? value > 0 ? "∞" : "-∞"
        : double.IsNaN(value) ? Unknown
        : Math.Abs(value) >= 1e15 ? value.ToString("G4", CultureInfo.InvariantCulture)
        : Math.Abs(value) >= 10_000 ? Count(value)
        : value.ToString(Math.Abs(value) >= 100 ? "F1" : "G4", CultureInfo.InvariantCulture);

    /// <summary>Returns a time that is given in seconds.</summary>
    public static string Duration(double seconds)
    {
        if (!double.IsFinite(seconds))
            return Unknown;
        var time = TimeSpan.FromSeconds(seconds);
        return time.TotalMinutes < 1 ? string.Create(CultureInfo.InvariantCulture, $"{seconds:F1} s")
            : time.TotalHours < 1 ? string.Create(CultureInfo.InvariantCulture, $"{time.Minutes} min {time.Seconds} s")
            : string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(time.TotalHours):N0} h {time.Minutes} min");
    }

    /// <summary>Returns a date and time in UTC.</summary>
    public static string Moment(DateTimeOffset moment) => moment.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
