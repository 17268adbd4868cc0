using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments.ClassicControl;

namespace Trpo.LongRuns;

/// <summary>A training whose progress a test reads from the standard output.</summary>
internal static class ProgressRun
{
    /// <summary>Trains, and prints a line at the end.</summary>
    /// <param name="setting">The receiver of progress: default, none or console.</param>
    public static void Train(string setting)
    {
        var ml = new MLContext(1);
        var cartPole = ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole());
        var options = new TrpoOptions
        {
            TotalSteps = 20_000,
            Progress = setting switch
            {
                "default" => null,
                "none" => TrpoProgress.None,
                "console" => TrpoProgress.Console,
                _ => throw new ArgumentOutOfRangeException(nameof(setting), setting, "It must be default, none or console."),
            },
        };
        ml.ReinforcementLearning.Trainers.Trpo(cartPole, options).Fit(cartPole).Dispose();
        Console.WriteLine("trained");
    }
}
