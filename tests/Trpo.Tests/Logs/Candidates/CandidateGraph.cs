using Trpo.Estimators.Distributions;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Policies;
using Trpo.Runtime.Graph;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Logs.Candidates;

/// <summary>Policies that score candidates, with random weights, and observations of theirs.</summary>
internal static class CandidateGraph
{
    /// <summary>Creates a policy.</summary>
    public static StochasticPolicy Create(int context, int candidates, int features, IReadOnlyList<int> hidden, Activation activation, bool isNormalized)
    {
        var (space, length) = ((DiscreteActionSpace)ActionSpace.Discrete(candidates), LengthOf(context, candidates, features));
        var scorer = PerceptronModel.Create(context + features, hidden, 1, activation, outputGain: 2, new RandomSource(3));
        return new StochasticPolicy(DifferentiableNetwork.ForCandidates(scorer, context, candidates), new CategoricalDistribution(space))
        {
            Mask = new ActionMask(space, length),
            Normalizer = isNormalized ? Normalizer(context, candidates, features) : null,
        };
    }

    /// <summary>Exports a policy.</summary>
    public static byte[] Onnx(int context, int candidates, int features, IReadOnlyList<int> hidden, Activation activation, bool isNormalized = true)
    {
        using var policy = Create(context, candidates, features, hidden, activation, isNormalized);
        return policy.Export(Metadata(context, candidates, features));
    }

    /// <summary>The metadata of a policy.</summary>
    public static PolicyMetadata Metadata(int context, int candidates, int features) =>
        new(ObservationSpace.Unbounded(LengthOf(context, candidates, features)), ActionSpace.Discrete(candidates), new Dictionary<string, string>()) { HasActionMask = true };

    /// <summary>Draws observations with one candidate or more, at random places.</summary>
    public static float[][] Observations(int rows, int context, int candidates, int features, RandomSource random) => [.. Enumerable.Range(0, rows).Select(_ =>
    {
        float[] mask = [.. Enumerable.Range(0, candidates).Select(_ => random.NextDouble() < 0.6 ? 1f : 0)];
        mask[(int)(candidates * random.NextDouble())] = 1;
        return (float[])[.. Enumerable.Range(0, context + (candidates * features)).Select(_ => (float)random.NextGaussian()), .. mask];
    })];

    private static int LengthOf(int context, int candidates, int features) => context + (candidates * (features + 1));

    private static ObservationNormalizer Normalizer(int context, int candidates, int features)
    {
        var (one, random) = (new ObservationNormalizer(context + features, context + features), new RandomSource(4));
        var statistics = one.CreateStatistics();
        for (var row = 0; row < 100; row++)
            statistics.Add([.. Enumerable.Range(0, context + features).Select(slot => (float)(slot + ((1 + slot) * random.NextGaussian())))], one.Mean);
        one.Advance(statistics);
        var normalizer = new ObservationNormalizer(context + (candidates * features), LengthOf(context, candidates, features));
        normalizer.Repeat(one, context);
        return normalizer;
    }
}
