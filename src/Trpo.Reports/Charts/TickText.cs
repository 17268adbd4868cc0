using System.Globalization;

namespace Trpo.Reports.Charts;

/// <summary>Short numbers for the marks of an axis: 20k, 1.5M, 0.0125.</summary>
internal static class TickText
{
    /// <summary>Returns the text of a number.</summary>
    public static string Of(double value) => Math.Abs(value) switch
    {
        < 1e-12 => "0",
        >= 1e15 => value.ToString("G4", CultureInfo.InvariantCulture),
        >= 1e9 => Scaled(value, 1e9, "G"),
        >= 1e6 => Scaled(value, 1e6, "M"),
        >= 1e4 => Scaled(value, 1e3, "k"),
        _ => value.ToString("G4", CultureInfo.InvariantCulture),
    };

    private static string Scaled(double value, double scale, string suffix) => (value / scale).ToString("G4", CultureInfo.InvariantCulture) + suffix;
}
