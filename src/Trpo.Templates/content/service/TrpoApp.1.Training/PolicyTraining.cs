using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments.DataViews;

namespace TrpoApp._1.Training;

/// <summary>The training of a policy that takes the columns of a request.</summary>
public static class PolicyTraining
{
    /// <summary>Trains a policy.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="services">The environments to learn in.</param>
    /// <param name="steps">The number of steps to learn from, over all environments.</param>
    /// <param name="seed">The seed of all randomness: the same one gives the same policy.</param>
    public static ITransformer Train(MLContext ml, EnvironmentDataView services, int steps, int seed)
    {
        var options = new TrpoOptions
        {
            TotalSteps = steps,
            Discount = 0.9,             // a decision matters for some ten minutes
            FinalMaxKl = 0.001,         // small updates at the end, so that the policy settles
            Seed = seed,
        };
        return ml.Transforms.Concatenate("Observation", "Load", "Trend", "Replicas", "Starting")
            .Append(ml.Transforms.NormalizeMeanVariance("Observation", fixZero: false))
            .Append(ml.ReinforcementLearning.Trainers.Trpo(services, options))
            .Fit(services);
    }
}
