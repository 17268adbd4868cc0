using System.Globalization;
using Trpo.Runtime.Spaces;

namespace Trpo.Estimators.Environments.Checking;

/// <summary>
/// The check that a new policy explores the actions of a box. The policy starts around 0 with a standard deviation of about 1: in the units of the action
/// where it does not rescale them, so that bounds that are far from there, or much narrower or wider, are explored poorly; otherwise only where a bound is
/// missing.
/// </summary>
internal static class ActionScale
{
    private const float MinWidth = 0.2f;
    private const float MaxWidth = 20;

    // With fewer values of 32 bits between the bounds, neighbouring actions are the same.
    private const double MinValues = 1_000;

    private const int MaxNamed = 3;

    /// <summary>Returns one warning of all dimensions whose bounds a new policy does not explore; null if there is none.</summary>
    /// <param name="space">The action space; only a <see cref="BoxActionSpace"/> gives a warning.</param>
    /// <param name="environment">The name of the environment.</param>
    /// <param name="standardDeviation">The standard deviation of the new policy.</param>
    /// <param name="rescales">True if the policy rescales actions that have both bounds.</param>
    public static string? Warning(ActionSpace space, string environment, double standardDeviation, bool rescales)
    {
        if (space is not BoxActionSpace box)
            return null;
        int[] poor = [.. Enumerable.Range(0, box.Length).Where(i => rescales ? IsOutOfReach(box, i) : IsPoorlyScaled(box.Low[i], box.High[i]))];
        if (poor.Length == 0)
            return null;
        var named = string.Join(", ", poor.Take(MaxNamed).Select(i => string.Create(CultureInfo.InvariantCulture, $"'{box.Names[i]}' has the bounds [{box.Low[i]:G6}, {box.High[i]:G6}]")));
        var more = poor.Length > MaxNamed ? string.Create(CultureInfo.InvariantCulture, $", and so it is with {poor.Length - MaxNamed} more of {box.Length} dimensions") : "";
        return rescales ? string.Create(CultureInfo.InvariantCulture,
            $"Of the actions of environment '{environment}', {named}{more}. A policy explores around 0 with a standard deviation of {standardDeviation:G3} where a bound is missing, and 32-bit numbers need some distance between bounds: give actions two bounds, around 0 where they are large numbers.") : string.Create(CultureInfo.InvariantCulture,
            $"Of the actions of environment '{environment}', {named}{more}. A policy explores around 0 with a standard deviation of {standardDeviation:G3}: give actions bounds of about [-1, 1], and scale them in Step.");
    }

    private static bool IsOutOfReach(BoxActionSpace box, int dimension)
    {
        var (low, high) = (box.Low[dimension], box.High[dimension]);
        if (!box.IsBounded(dimension))
            return low >= 0 || high <= 0;
        var largest = Math.Max(Math.Abs(low), Math.Abs(high));
        return ((double)high - low) / (MathF.BitIncrement(largest) - largest) < MinValues;
    }

    private static bool IsPoorlyScaled(float low, float high) =>
        low >= 0 || high <= 0 || (float.IsFinite(high - low) && high - low is < MinWidth or > MaxWidth);
}
