namespace Trpo.Orleans.Hosting;

/// <summary>Numbers of things in texts.</summary>
internal static class Amount
{
    /// <summary>Returns a number with its noun, which has an "s" unless the number is 1.</summary>
    public static string Of(int number, string noun) => FormattableString.Invariant($"{number} {noun}{(number == 1 ? "" : "s")}");
}
