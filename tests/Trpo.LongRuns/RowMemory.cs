using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Estimators.Networks;

namespace Trpo.LongRuns;

/// <summary>Measures the peak of the resident memory of a training of one iteration with long observations and wide layers beside the estimate of <see cref="TrpoEstimator.Describe"/>.</summary>
internal static class RowMemory
{
    private const int Environments = 40;

    public static void Print(int steps, string network, int observations, int actions, int[] widths)
    {
        var options = new TrpoOptions
        {
            StepsPerIteration = steps,
            FinalStepsPerIteration = steps,
            TotalSteps = steps,
            HiddenLayers = widths,
            Seed = 1,
            Shards = 1,
            Engine = network == "products" ? TrainingEngine.TorchSharp : TrainingEngine.Automatic,
        };
        var estimate = Plan(options).Memory.Total;
        var growth = PeakMemory.Growth(() => Train(options with { TotalSteps = 2 * Environments, StepsPerIteration = Environments, FinalStepsPerIteration = Environments }), () => Train(options));
        Console.WriteLine(FormattableString.Invariant($"{growth} {estimate:F0}"));

        EnvironmentDataView View(MLContext ml) => ml.ReinforcementLearning.LoadFromEnvironment(() => new WideEnvironment(observations, actions), Environments);

        TrainingPlan Plan(TrpoOptions planned)
        {
            var ml = new MLContext(1);
            var view = View(ml);
            return ml.ReinforcementLearning.Trainers.Trpo(view, planned).Describe(view.Schema);
        }

        void Train(TrpoOptions trained)
        {
            var ml = new MLContext(1);
            var view = View(ml);
            ml.ReinforcementLearning.Trainers.Trpo(view, trained).Fit(view).Dispose();
        }
    }
}
