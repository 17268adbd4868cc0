using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;

namespace Trpo.Estimators.Environments;

/// <summary>Random actions of an action space, and actions clipped to its bounds.</summary>
internal static class ActionSampling
{
    /// <summary>
    /// Draws a uniformly random action. A dimension without bounds is drawn from a standard normal distribution, one with a single bound
    /// from an exponential distribution beyond it, as in Gymnasium's spaces.
    /// </summary>
    /// <param name="space">The action space.</param>
    /// <param name="random">The source of random numbers.</param>
    /// <param name="action">Receives the action, <c>[k]</c>.</param>
    /// <exception cref="NotSupportedException">The space is of an unknown type.</exception>
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
                throw new NotSupportedException($"The action space {space} has no random actions.");
        }
    }

    /// <summary>
    /// Replaces forbidden choices of an action by allowed ones, drawn uniformly; draws nothing if all are allowed. After
    /// <see cref="Sample(ActionSpace, RandomSource, Span{float})"/>, all allowed choices are equally probable.
    /// </summary>
    /// <param name="space">The action space; without discrete choices, every action is allowed.</param>
    /// <param name="allows">Returns true if a choice, given its index among those of all dimensions, is allowed.</param>
    /// <param name="random">The source of random numbers.</param>
    /// <param name="action">The action, <c>[k]</c>.</param>
    /// <returns>True if every choice is allowed now; false if a dimension has no allowed choice.</returns>
    public static bool ReplaceForbidden(ActionSpace space, Func<int, bool> allows, RandomSource random, Span<float> action)
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

    /// <summary>Returns the first forbidden choice of an action, as its index among those of all dimensions; -1 if all are allowed.</summary>
    /// <param name="space">The action space; without discrete choices, every action is allowed.</param>
    /// <param name="allows">Returns true if a choice, given its index among those of all dimensions, is allowed.</param>
    /// <param name="action">The action, <c>[k]</c>.</param>
    public static int FindForbidden(ActionSpace space, Func<int, bool> allows, ReadOnlySpan<float> action)
    {
        var start = 0;
        for (var dimension = 0; dimension < space.ChoiceCounts.Length; dimension++)
        {
            var choice = start + (int)action[dimension];
            if (!allows(choice))
                return choice;
            start += space.ChoiceCounts[dimension];
        }

        return -1;
    }

    /// <summary>Clips an action to the bounds of its space; only a <see cref="BoxActionSpace"/> has bounds.</summary>
    /// <param name="space">The action space.</param>
    /// <param name="action">The action, <c>[k]</c>.</param>
    /// <param name="clipped">Receives the nearest action within the bounds, <c>[k]</c>.</param>
    public static void Clip(ActionSpace space, ReadOnlySpan<float> action, Span<float> clipped)
    {
        if (space is BoxActionSpace box)
            box.Clip(action, clipped);
        else
            action.CopyTo(clipped);
    }

    // Returns one of the allowed choices of a dimension, or -1 if there is none. A method of its own, so that its closure is allocated only if a choice is forbidden.
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
