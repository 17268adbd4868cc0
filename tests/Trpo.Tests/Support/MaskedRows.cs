using Trpo.Estimators.Policies;
using Trpo.Runtime.Graph;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Support;

/// <summary>Random observations that end with a mask, and untrained policies that read it.</summary>
internal static class MaskedRows
{
    public static readonly ActionSpace[] Spaces = [ActionSpace.Discrete(4), ActionSpace.MultiDiscrete([2, 3])];

    /// <summary>The number of values in front of the mask.</summary>
    public const int Features = 2;

    public static int Length(ActionSpace space) => Features + space.ScoreLength;

    public static int[] Counts(ActionSpace space) => space is MultiDiscreteActionSpace multi ? [.. multi.Counts] : [space.ScoreLength];

    /// <summary>Rows of normally distributed features and random masks, which allow at least one choice of each dimension.</summary>
    public static float[] Observations(ActionSpace space, int rows, ulong seed = 2)
    {
        var random = new RandomSource(seed);
        return [.. Enumerable.Range(0, rows).SelectMany(_ => (float[])
        [
            .. Enumerable.Range(0, Features).Select(_ => (float)random.NextGaussian()),
            .. Counts(space).SelectMany(count =>
            {
                var certain = random.NextInt(count);
                return Enumerable.Range(0, count).Select(i => i == certain || random.NextInt(2) == 0 ? 1f : 0f);
            }),
        ])];
    }

    public static Span<float> Mask(ActionSpace space, Span<float> observations, int row) =>
        observations.Slice((row * Length(space)) + Features, space.ScoreLength);

    public static StochasticPolicy Policy(ActionSpace space, Differentiation differentiation, int[]? hidden = null) =>
        TestNetworks.Policy(space, differentiation, Length(space), hidden ?? [8, 8], mask: new ActionMask(space, Length(space)));

    public static PolicyMetadata Metadata(ActionSpace space) =>
        new(ObservationSpace.Unbounded(Length(space)), space, [new("trainer", "test")]) { HasActionMask = true };

    public static byte[] Onnx(ActionSpace space)
    {
        using var policy = Policy(space, Differentiation.Perceptron);
        return policy.Export(Metadata(space));
    }
}
