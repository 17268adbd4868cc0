using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments.DataViews;

namespace TrpoApp._1;

/// <summary>The pipeline from typed columns to a decision.</summary>
public static class PolicyTraining
{
    /// <summary>Trains a policy behind the transforms of its columns.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="beds">The environments to learn in.</param>
    /// <param name="steps">The number of steps to learn from, over all environments.</param>
    /// <param name="seed">The seed of all randomness: the same one gives the same policy.</param>
    /// <param name="progress">Receives the metrics of every iteration; null for a line on a terminal, and nothing elsewhere.</param>
    public static ITransformer Train(MLContext ml, EnvironmentDataView beds, int steps, int seed, IProgress<TrpoIteration>? progress = null)
    {
        var options = new TrpoOptions
        {
            TotalSteps = steps,
            Discount = 0.95,            // a decision matters for some 20 days
            FinalMaxKl = 0.001,         // small updates at the end, so that the policy settles
            Seed = seed,
            Progress = progress,
        };

        // MapKeyToVector knows all categories of a key; OneHotEncoding learns those of a text from observations of a random policy.
        return ml.Transforms.Categorical.OneHotEncoding("Forecast")
            .Append(ml.Transforms.Conversion.MapKeyToVector("Stage"))
            .Append(ml.Transforms.Concatenate("Observation", "Forecast", "Stage", "Moisture", "Temperature"))
            .Append(ml.Transforms.NormalizeMeanVariance("Observation", fixZero: false))
            .Append(ml.ReinforcementLearning.Trainers.Trpo(beds, options))
            .Append(ml.Transforms.Conversion.MapKeyToValue("Watering", "Action"))
            .Fit(beds);
    }
}
