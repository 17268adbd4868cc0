using System.Globalization;

namespace Trpo.Estimators.Foundation;

/// <summary>Numbers of bytes as texts for people.</summary>
internal static class ByteText
{
    private static readonly string[] Units = ["bytes", "KB", "MB", "GB", "TB", "PB", "EB"];

    /// <summary>Returns a number of bytes in the decimal unit that fits, with three digits.</summary>
    public static string Of(double bytes)
    {
        var unit = Math.Clamp((int)Math.Log(Math.Max(bytes, 1), 1_000), 0, Units.Length - 1);
        return string.Create(CultureInfo.InvariantCulture, $"{bytes / Math.Pow(1_000, unit):G3} {Units[unit]}");
    }
}
