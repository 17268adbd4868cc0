using System.Globalization;

namespace Trpo.Cli.Foundation;

/// <summary>The texts of measured numbers on the terminal, in the invariant culture.</summary>
internal static class NumberText
{
    private const double MaxFixed = 1e9;

    /// <summary>Returns a number with some digits behind the point; with three significant digits and an exponent where those would be zeros or many; a dash for NaN.</summary>
    /// <param name="value">The number.</param>
    /// <param name="digits">The number of digits behind the point.</param>
    public static string Of(double value, int digits)
    {
        if (double.IsNaN(value))
            return "–";
        var isFixed = value == 0 || (Math.Abs(value) >= Math.Pow(10, -digits) && Math.Abs(value) < MaxFixed);
        return value.ToString(isFixed ? string.Create(CultureInfo.InvariantCulture, $"F{digits}") : "G3", CultureInfo.InvariantCulture);
    }
}
