using Trpo.Onnx.Randomness;
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
        switch (space)
        {
            case DiscreteActionSpace discrete:
                action[0] = random.NextInt(discrete.Count);
                break;
            case MultiDiscreteActionSpace multi:
                for (var i = 0; i < action.Length; i++)
                    action[i] = random.NextInt(multi.Counts[i]);
                break;
            case MultiBinaryActionSpace:
                for (var i = 0; i < action.Length; i++)
                    action[i] = random.NextInt(2);
                break;
            case BoxActionSpace box:
                Sample(box, random, action);
                break;
            default:
                throw new NotSupportedException($"There is no random action of the action space {space}.");
        }
    }

    /// <summary>The nearest action within the bounds of the space; only those of a box can be beyond them.</summary>
    public static void Clip(ActionSpace space, ReadOnlySpan<float> action, Span<float> clipped)
    {
        if (space is BoxActionSpace box)
            box.Clip(action, clipped);
        else
            action.CopyTo(clipped);
    }

    private static void Sample(BoxActionSpace box, RandomSource random, Span<float> action)
    {
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

    private static double Exponential(RandomSource random) => -Math.Log(1 - random.NextDouble());
}
