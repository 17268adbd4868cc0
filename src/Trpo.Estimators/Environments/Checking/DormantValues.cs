using System.Globalization;
using System.Numerics.Tensors;

namespace Trpo.Estimators.Environments.Checking;

/// <summary>
/// Search for values of an observation that are always 0 under a random policy. Another constant is taken for a bias. Where no value changes, none is reported, and where the
/// last values look like an action mask, none of those.
/// </summary>
/// <param name="kind">The properties of the environment.</param>
internal sealed class DormantValues(EnvironmentKind kind)
{
    private const int MaxNamed = 3;

    private readonly float[] _min = Filled(kind.Observations.Length, float.PositiveInfinity);
    private readonly float[] _max = Filled(kind.Observations.Length, float.NegativeInfinity);
    private bool _hasMask = !kind.Actions.ChoiceCounts.IsEmpty && kind.Actions.ScoreLength < kind.Observations.Length;

    /// <summary>Includes an observation.</summary>
    public void Add(ReadOnlySpan<float> observation)
    {
        TensorPrimitives.Min(_min, observation, _min);
        TensorPrimitives.Max(_max, observation, _max);
        _hasMask = _hasMask && observation[^kind.Actions.ScoreLength..].IndexOfAnyExcept(0f, 1f) < 0 && observation[^kind.Actions.ScoreLength..].Contains(1f);
    }

    /// <summary>Describes the values, as the end of a sentence; returns null if there is none.</summary>
    public string? Describe()
    {
        int[] dormant = [.. Enumerable.Range(0, _min.Length - MaskLength).Where(IsDormant)];
        if (dormant.Length == 0 || Enumerable.Range(0, _min.Length).All(value => _min[value] == _max[value]))
            return null;
        var named = string.Join(", ", dormant.Take(MaxNamed).Select(value => string.Create(CultureInfo.InvariantCulture, $"value {kind.DescribeValue(value)} is always {_min[value]:G6}")));
        return dormant.Length > MaxNamed ? string.Create(CultureInfo.InvariantCulture, $"{named}, and {dormant.Length - MaxNamed} more of {_min.Length} are constant") : named;
    }

    private int MaskLength => _hasMask ? kind.Actions.ScoreLength : 0;

    private bool IsDormant(int value) => _min[value] == 0 && _max[value] == 0;

    private static float[] Filled(int length, float value)
    {
        var values = new float[length];
        Array.Fill(values, value);
        return values;
    }
}
