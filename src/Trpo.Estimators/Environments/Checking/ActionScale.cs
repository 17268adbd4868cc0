using System.Globalization;
using Trpo.Onnx.Spaces;

namespace Trpo.Estimators.Environments.Checking;

/// <summary>
/// The check that a new policy explores the actions of a box. The policy starts around 0 with a standard deviation of about 1 in the units of the
/// action, so bounds that are far from there, or much narrower or wider, are explored poorly.
/// </summary>
internal static class ActionScale
{
    private const float MinWidth = 0.2f;
    private const float MaxWidth = 20;

    /// <summary>Returns a warning for each dimension whose bounds a new policy does not explore.</summary>
    /// <param name="space">The action space; only a <see cref="BoxActionSpace"/> gives warnings.</param>
    /// <param name="environment">The name of the environment.</param>
    /// <param name="standardDeviation">The standard deviation of the new policy.</param>
    public static IEnumerable<string> Warnings(ActionSpace space, string environment, double standardDeviation)
    {
        if (space is not BoxActionSpace box)
            yield break;
        for (var i = 0; i < box.Length; i++)
        {
            if (IsPoorlyScaled(box.Low[i], box.High[i]))
            {
                yield return string.Create(CultureInfo.InvariantCulture,
                    $"Dimension '{box.Names[i]}' of the actions of environment '{environment}' has the bounds [{box.Low[i]}, {box.High[i]}]. A policy explores around 0 with a standard deviation of {standardDeviation:G3}: give actions bounds of about [-1, 1], and scale them in Step.");
            }
        }
    }

    private static bool IsPoorlyScaled(float low, float high) =>
        low >= 0 || high <= 0 || (float.IsFinite(high - low) && high - low is < MinWidth or > MaxWidth);
}
