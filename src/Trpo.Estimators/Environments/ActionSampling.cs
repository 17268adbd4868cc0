using Trpo.Estimators.Randomness;
using Trpo.Onnx.Spaces;

namespace Trpo.Estimators.Environments;

/// <summary>Actions without a policy, and actions brought back within their bounds.</summary>
internal static class ActionSampling
{
    /// <summary>
    /// A uniformly random action. A dimension without bounds is drawn from a standard normal distribution, one with a single bound
    /// from an exponential distribution beyond it, as Gymnasium's spaces do.
    /// </summary>
    public static void Sample(ActionSpace space, RandomSource random, Span<float> action)
    {
        if (space is DiscreteActionSpace discrete)
        {
            action[0] = random.NextInt(discrete.Count);
            return;
        }

        var box = (BoxActionSpace)space;
        for (var i = 0; i < action.Length; i++)
        {
            action[i] = (float)((float.IsFinite(box.Low[i]), float.IsFinite(box.High[i])) switch
            {
                (true, true) => random.NextDouble(box.Low[i], box.High[i]),
                (true, false) => box.Low[i] + Exponential(random),
                (false, true) => box.High[i] - Exponential(random),
                (false, false) => random.NextGaussian(),
            });
        }
    }

    /// <summary>The nearest action within the bounds of the space.</summary>
    public static void Clip(ActionSpace space, ReadOnlySpan<float> action, Span<float> clipped)
    {
        action.CopyTo(clipped);
        if (space is not BoxActionSpace box)
            return;
        for (var i = 0; i < clipped.Length; i++)
            clipped[i] = Math.Clamp(clipped[i], box.Low[i], box.High[i]);
    }

    private static double Exponential(RandomSource random) => -Math.Log(1 - random.NextDouble());
}
