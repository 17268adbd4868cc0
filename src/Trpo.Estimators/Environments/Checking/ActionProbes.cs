using Trpo.Runtime.Spaces;

namespace Trpo.Estimators.Environments.Checking;

/// <summary>Actions at the bounds of an action space, where an environment is most likely to fail.</summary>
internal static class ActionProbes
{
    // Three standard deviations of a policy that starts with a standard deviation of 1.
    private const float Far = 3;

    private const int MaxChoices = 256;

    /// <summary>Returns every choice of a discrete space; of other spaces, all dimensions at one bound, and each dimension alone at the other bound.</summary>
    /// <param name="space">The action space.</param>
    /// <exception cref="NotSupportedException">The space is of an unknown type.</exception>
    public static IEnumerable<float[]> Of(ActionSpace space) => space switch
    {
        DiscreteActionSpace discrete => Choices(discrete.Count).Select(choice => new float[] { choice }),
        MultiDiscreteActionSpace multi => Bounds([.. multi.Counts.Select(_ => 0f)], [.. multi.Counts.Select(count => (float)(count - 1))]),
        MultiBinaryActionSpace => Bounds(new float[space.Length], [.. Enumerable.Repeat(1f, space.Length)]),
        BoxActionSpace box => Bounds([.. box.Low.Select((low, i) => Low(low, box.High[i]))], [.. box.High.Select((high, i) => High(box.Low[i], high))]),
        _ => throw new NotSupportedException($"The action space {space} has no known bounds."),
    };

    // Of more than MaxChoices choices, the first and the last.
    private static IEnumerable<int> Choices(int count) => count <= MaxChoices
        ? Enumerable.Range(0, count)
        : [.. Enumerable.Range(0, MaxChoices / 2), .. Enumerable.Range(count - (MaxChoices / 2), MaxChoices / 2)];

    private static IEnumerable<float[]> Bounds(float[] low, float[] high)
    {
        yield return low;
        yield return high;
        for (var i = 0; low.Length > 1 && i < Math.Min(low.Length, MaxChoices); i++)
        {
            yield return [.. low.Select((value, dimension) => dimension == i ? high[dimension] : value)];
            yield return [.. high.Select((value, dimension) => dimension == i ? low[dimension] : value)];
        }
    }

    private static float Low(float low, float high) => float.IsFinite(low) ? low : Math.Min(-Far, float.IsFinite(high) ? high - Far : -Far);

    private static float High(float low, float high) => float.IsFinite(high) ? high : Math.Max(Far, float.IsFinite(low) ? low + Far : Far);
}
