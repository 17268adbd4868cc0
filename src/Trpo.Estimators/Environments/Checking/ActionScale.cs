using System.Globalization;
using Trpo.Onnx.Spaces;

namespace Trpo.Estimators.Environments.Checking;

/// <summary>
/// Whether a policy can explore the actions of a box: it starts around 0, with a standard deviation of about 1 in the units of the action, and what is
/// far from there, or much finer, is not met.
/// </summary>
internal static class ActionScale
{
    private const float Narrowest = 0.2f;
    private const float Widest = 20;

    /// <summary>What to say of each dimension that is out of reach.</summary>
    /// <param name="space">The actions; only those of a box can be out of reach.</param>
    /// <param name="environment">Whose actions they are.</param>
    /// <param name="standardDeviation">The standard deviation of the first policy.</param>
    public static IEnumerable<string> Warnings(ActionSpace space, string environment, double standardDeviation)
    {
        if (space is not BoxActionSpace box)
            yield break;
        for (var i = 0; i < box.Length; i++)
        {
            if (IsOutOfReach(box.Low[i], box.High[i]))
            {
                yield return string.Create(CultureInfo.InvariantCulture,
                    $"Dimension '{box.Names[i]}' of the actions of environment '{environment}' has the bounds [{box.Low[i]}, {box.High[i]}]. A policy explores around 0 with a standard deviation of {standardDeviation:G3}: give actions bounds of about [-1, 1], and scale them in Step.");
            }
        }
    }

    private static bool IsOutOfReach(float low, float high) =>
        low >= 0 || high <= 0 || (float.IsFinite(high - low) && high - low is < Narrowest or > Widest);
}
