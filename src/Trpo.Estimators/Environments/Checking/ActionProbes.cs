using Trpo.Onnx.Spaces;

namespace Trpo.Estimators.Environments.Checking;

/// <summary>Actions at the bounds of an action space, where an environment is most likely to fail.</summary>
internal static class ActionProbes
{
    // As far as a policy goes that starts with a standard deviation of 1.
    private const float Far = 3;

    private const int MostChoices = 256;

    /// <summary>Each choice; or all dimensions together at either end, and each alone at the other.</summary>
    /// <param name="space">The space.</param>
    public static IEnumerable<float[]> Of(ActionSpace space) => space switch
    {
        DiscreteActionSpace discrete => Choices(discrete.Count).Select(choice => new float[] { choice }),
        MultiDiscreteActionSpace multi => Bounds([.. multi.Counts.Select(_ => 0f)], [.. multi.Counts.Select(count => (float)(count - 1))]),
        MultiBinaryActionSpace => Bounds(new float[space.Length], [.. Enumerable.Repeat(1f, space.Length)]),
        BoxActionSpace box => Bounds([.. box.Low.Select((low, i) => Low(low, box.High[i]))], [.. box.High.Select((high, i) => High(box.Low[i], high))]),
        _ => throw new NotSupportedException($"There are no bounds of the action space {space}."),
    };

    // Of very many choices the first and the last.
    private static IEnumerable<int> Choices(int count) => count <= MostChoices
        ? Enumerable.Range(0, count)
        : [.. Enumerable.Range(0, MostChoices / 2), .. Enumerable.Range(count - (MostChoices / 2), MostChoices / 2)];

    private static IEnumerable<float[]> Bounds(float[] low, float[] high)
    {
        yield return low;
        yield return high;
        for (var i = 0; low.Length > 1 && i < Math.Min(low.Length, MostChoices); i++)
        {
            yield return [.. low.Select((value, dimension) => dimension == i ? high[dimension] : value)];
            yield return [.. high.Select((value, dimension) => dimension == i ? low[dimension] : value)];
        }
    }

    private static float Low(float low, float high) => float.IsFinite(low) ? low : Math.Min(-Far, float.IsFinite(high) ? high - Far : -Far);

    private static float High(float low, float high) => float.IsFinite(high) ? high : Math.Max(Far, float.IsFinite(low) ? low + Far : Far);
}
