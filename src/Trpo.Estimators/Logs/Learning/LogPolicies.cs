using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Distributions;
using Trpo.Estimators.Logs.Estimation;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Policies;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;

namespace Trpo.Estimators.Logs.Learning;

/// <summary>The factory of the policy that is learned from a log, and of its copies.</summary>
internal static class LogPolicies
{
    // So improbable that a policy does not take the action, and that no gradient makes it more probable.
    private const float UntriedLogit = -30;

    /// <summary>Creates copies of the policy that learning begins with: uniform among the actions that the rows for training have.</summary>
    /// <param name="log">The log.</param>
    /// <param name="options">The options.</param>
    /// <param name="seed">The seed of the initial weights.</param>
    /// <param name="count">The number of copies, at least 1.</param>
    public static IReadOnlyList<StochasticPolicy> Create(LearningLog log, TrpoFromLogOptions options, int seed, int count)
    {
        var (space, length) = (Space(log), log.Rows.Length);
        var layout = log.Rows.Candidates;
        var model = CreateNetwork(new RandomSource((ulong)seed));
        foreach (var (action, rows) in layout is null ? log.CountActions().Index() : [])
            model.Biases(model.Layers - 1)[action] = rows == 0 ? UntriedLogit : 0;
        var policies = new List<StochasticPolicy>(count);
        try
        {
            policies.Add(Create(model));
            if (policies[0].Normalizer is { } normalizer)
            {
                if (layout is { } candidates)
                    normalizer.Repeat(MeasureCandidates(log, candidates), candidates.Context);
                else
                    Measure(log, normalizer);
            }

            while (policies.Count < count)
            {
                policies.Add(Create(CreateNetwork(random: null)));
                StateCopy.Copy(policies[0], policies[^1]);
            }

            return policies;
        }
        catch
        {
            Dispose(policies);
            throw;
        }

        PerceptronModel CreateNetwork(RandomSource? random) => layout is { } shared
            ? PerceptronModel.Create(shared.Context + shared.Features, options.HiddenLayers, outputs: 1, options.HiddenActivation, outputGain: 0, random)
            : PerceptronModel.Create(length, options.HiddenLayers, space.Count, options.HiddenActivation, outputGain: 0, random);

        StochasticPolicy Create(PerceptronModel network) => new(
            layout is { } shared ? DifferentiableNetwork.ForCandidates(network, shared.Context, shared.Count) : DifferentiableNetwork.For(network), new CategoricalDistribution(space))
        {
            Normalizer = options.NormalizeObservations ? new ObservationNormalizer(length - (log.HasMask ? space.Count : 0), length) : null,
            Mask = log.HasMask ? new ActionMask(space, length) : null,
        };
    }

    /// <summary>Returns the actions of a log.</summary>
    public static DiscreteActionSpace Space(LearningLog log) => (DiscreteActionSpace)ActionSpace.Discrete([.. log.Actions]);

    private static void Measure(LearningLog log, ObservationNormalizer normalizer)
    {
        var statistics = normalizer.CreateStatistics();
        var mean = normalizer.Mean.ToArray();
        for (var row = 0; row < log.Training; row++)
            statistics.Add(log.Rows.Observation(row), mean);
        normalizer.Advance(statistics);
    }

    // The statistics of the context and the features of one candidate, over all candidates that exist.
    private static ObservationNormalizer MeasureCandidates(LearningLog log, CandidateLayout layout)
    {
        var (features, length) = (new CandidateFeatures(layout, isLinear: false), layout.Context + layout.Features);
        var normalizer = new ObservationNormalizer(length, length);
        var (statistics, mean, values) = (normalizer.CreateStatistics(), normalizer.Mean.ToArray(), new float[length]);
        for (var row = 0; row < log.Training; row++)
        {
            for (var candidate = 0; candidate < layout.Count; candidate++)
            {
                if (!log.Rows.IsEligible(row, candidate))
                    continue;
                features.Read(log.Rows.Observation(row), candidate, values);
                statistics.Add(values, mean);
            }
        }

        normalizer.Advance(statistics);
        return normalizer;
    }

    /// <summary>Disposes policies.</summary>
    public static void Dispose(IEnumerable<StochasticPolicy> policies)
    {
        foreach (var policy in policies)
            policy.Dispose();
    }
}
