using System.Runtime.CompilerServices;

namespace Trpo.Estimators.Foundation;

/// <summary>Checks of the ranges of options. Each throws an <see cref="ArgumentOutOfRangeException"/> that names the option and its range; NaN is in no range.</summary>
internal static class Check
{
    /// <summary>Throws if a value is below a minimum.</summary>
    public static void AtLeast(int value, int min, [CallerArgumentExpression(nameof(value))] string? name = null)
    {
        if (value < min)
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be at least {min}.");
    }

    /// <summary>Throws if a value is outside a range, whose bounds are allowed.</summary>
    public static void Between(int value, int min, int max, [CallerArgumentExpression(nameof(value))] string? name = null)
    {
        if (value < min || value > max)
            throw new ArgumentOutOfRangeException(name, value, FormattableString.Invariant($"{name} must be from {min} to {max}."));
    }

    /// <summary>Throws unless a value is positive and finite.</summary>
    public static void Positive(double value, [CallerArgumentExpression(nameof(value))] string? name = null)
    {
        if (!(value > 0 && double.IsFinite(value)))
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be positive and finite.");
    }

    /// <summary>Throws unless a time is positive.</summary>
    public static void Positive(TimeSpan value, [CallerArgumentExpression(nameof(value))] string? name = null)
    {
        if (value <= TimeSpan.Zero)
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be positive.");
    }

    /// <summary>Throws unless a value is finite.</summary>
    public static void Finite(double value, [CallerArgumentExpression(nameof(value))] string? name = null)
    {
        if (!double.IsFinite(value))
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be finite.");
    }

    /// <summary>Throws unless a value is 0 or more, and finite.</summary>
    public static void NotNegative(double value, [CallerArgumentExpression(nameof(value))] string? name = null)
    {
        if (!(value >= 0 && double.IsFinite(value)))
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be 0 or more, and finite.");
    }

    /// <summary>Throws unless a value is within a range, whose bounds are allowed.</summary>
    public static void Between(double value, double min, double max, [CallerArgumentExpression(nameof(value))] string? name = null)
    {
        if (!(value >= min && value <= max))
            throw new ArgumentOutOfRangeException(name, value, FormattableString.Invariant($"{name} must be from {min} to {max}."));
    }

    /// <summary>Throws unless a value is within a range, whose bounds are not allowed.</summary>
    public static void StrictlyBetween(double value, double min, double max, [CallerArgumentExpression(nameof(value))] string? name = null)
    {
        if (!(value > min && value < max))
            throw new ArgumentOutOfRangeException(name, value, FormattableString.Invariant($"{name} must be above {min} and below {max}."));
    }

    /// <summary>Throws unless a value is above 0 and at most 1.</summary>
    public static void Fraction(double value, [CallerArgumentExpression(nameof(value))] string? name = null)
    {
        if (!(value > 0 && value <= 1))
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be above 0 and at most 1.");
    }
}
