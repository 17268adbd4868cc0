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

    /// <summary>
    /// Puts choices that are allowed, drawn uniformly, in the place of those that are not; draws nothing where all are. Behind
    /// <see cref="Sample(ActionSpace, RandomSource, Span{float})"/>, all that are allowed are equally probable.
    /// </summary>
    /// <param name="space">The space of the action; in one that has no choices, all is allowed.</param>
    /// <param name="allows">Whether a choice, by its place among those of all dimensions, is allowed.</param>
    /// <param name="random">The source of chance.</param>
    /// <param name="action">The action, <c>[k]</c>.</param>
    /// <returns>Whether there is an allowed action; false where a dimension has no allowed choice.</returns>
    public static bool Allow(ActionSpace space, Func<int, bool> allows, RandomSource random, Span<float> action)
    {
        var start = 0;
        for (var dimension = 0; dimension < space.ChoiceCounts.Length; dimension++)
        {
            var count = space.ChoiceCounts[dimension];
            if (!allows(start + (int)action[dimension]))
            {
                var choice = SampleAllowed(start, count, allows, random);
                if (choice < 0)
                    return false;
                action[dimension] = choice;
            }

            start += count;
        }

        return true;
    }

    /// <summary>The nearest action within the bounds of the space; only those of a box can be beyond them.</summary>
    public static void Clip(ActionSpace space, ReadOnlySpan<float> action, Span<float> clipped)
    {
        if (space is BoxActionSpace box)
            box.Clip(action, clipped);
        else
            action.CopyTo(clipped);
    }

    // One of the allowed choices of a dimension, or -1 where there is none. Apart, so that nothing is allocated where nothing is forbidden.
    private static int SampleAllowed(int start, int count, Func<int, bool> allows, RandomSource random)
    {
        int[] allowed = [.. Enumerable.Range(0, count).Where(choice => allows(start + choice))];
        return allowed.Length == 0 ? -1 : allowed[random.NextInt(allowed.Length)];
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
