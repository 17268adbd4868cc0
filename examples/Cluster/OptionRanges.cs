using System.CommandLine;
using System.Globalization;

namespace Trpo.Examples.Cluster;

/// <summary>The ranges of options, so that a value out of them is an error of the command line.</summary>
internal static class OptionRanges
{
    /// <summary>Refuses values of an option of whole numbers that are out of a range.</summary>
    public static void RequireBetween(this Option option, int min, int max) => Require(option, value => value >= min && value <= max, FormattableString.Invariant($"from {min} to {max}"));

    /// <summary>Refuses values of an option of whole numbers that are no powers of two, or above a maximum.</summary>
    public static void RequirePowerOfTwo(this Option option, int max) => Require(option, value => value > 0 && int.IsPow2(value) && value <= max, FormattableString.Invariant($"a power of two from 1 to {max}"));

    // The parser reports text that is no number.
    private static void Require(Option option, Func<int, bool> isAllowed, string allowed) => option.Validators.Add(result =>
    {
        foreach (var token in result.Tokens)
        {
            if (int.TryParse(token.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && !isAllowed(value))
                result.AddError($"{option.Name} must be {allowed}, but is {token.Value}.");
        }
    });
}
