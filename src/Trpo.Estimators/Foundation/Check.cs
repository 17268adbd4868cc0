using System.Runtime.CompilerServices;

namespace Trpo.Estimators.Foundation;

/// <summary>The ranges of options. Every check fails for NaN, and every message says what would be right.</summary>
internal static class Check
{
    public static void AtLeast(int value, int least, [CallerArgumentExpression(nameof(value))] string? name = null)
    {
        if (value < least)
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be at least {least}.");
    }

    public static void Between(int value, int least, int most, [CallerArgumentExpression(nameof(value))] string? name = null)
    {
        if (value < least || value > most)
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be from {least} to {most}.");
    }

    public static void Positive(double value, [CallerArgumentExpression(nameof(value))] string? name = null)
    {
        if (!(value > 0 && double.IsFinite(value)))
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be positive and finite.");
    }

    public static void Positive(TimeSpan value, [CallerArgumentExpression(nameof(value))] string? name = null)
    {
        if (value <= TimeSpan.Zero)
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be positive.");
    }

    public static void Finite(double value, [CallerArgumentExpression(nameof(value))] string? name = null)
    {
        if (!double.IsFinite(value))
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be finite.");
    }

    public static void NotNegative(double value, [CallerArgumentExpression(nameof(value))] string? name = null)
    {
        if (!(value >= 0 && double.IsFinite(value)))
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be 0 or more, and finite.");
    }

    public static void Between(double value, double low, double high, [CallerArgumentExpression(nameof(value))] string? name = null)
    {
        if (!(value >= low && value <= high))
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be from {low} to {high}.");
    }

    public static void StrictlyBetween(double value, double low, double high, [CallerArgumentExpression(nameof(value))] string? name = null)
    {
        if (!(value > low && value < high))
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be between {low} and {high}.");
    }

    public static void Fraction(double value, [CallerArgumentExpression(nameof(value))] string? name = null)
    {
        if (!(value > 0 && value <= 1))
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be above 0 and at most 1.");
    }
}
