using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments.DataViews;

namespace TrpoApp._1;

/// <summary>The training of a policy for the water tower.</summary>
public static class PolicyTraining
{
    /// <summary>Trains a policy.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="towers">The environments to learn in.</param>
    /// <param name="steps">The number of steps to learn from, over all environments.</param>
    /// <param name="seed">The seed of all randomness: the same one gives the same policy.</param>
    /// <param name="progress">Receives the metrics of every iteration; null for a line on a terminal, and nothing elsewhere.</param>
    public static ITransformer Train(MLContext ml, EnvironmentDataView towers, int steps, int seed, IProgress<TrpoIteration>? progress = null) =>
        ml.Transforms.NormalizeMeanVariance("Observation", fixZero: false)
            .Append(ml.ReinforcementLearning.Trainers.Trpo(towers, Options(steps, seed, progress)))
            .Fit(towers);

    /// <summary>Returns the settings of a training.</summary>
    public static TrpoOptions Options(int steps, int seed, IProgress<TrpoIteration>? progress = null) => new()
    {
        TotalSteps = steps,
        FinalMaxKl = 0.001,             // small updates at the end, so that the policy settles
        Seed = seed,
        Progress = progress,
    };
}
