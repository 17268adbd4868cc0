using Microsoft.ML;
using Trpo.Estimators;

namespace Trpo.Examples.CartPole;

/// <summary>The whole road: train, evaluate, save, draw, load again and compare.</summary>
internal static class CartPoleRun
{
    /// <summary>CartPole-v1 counts as solved at this mean return.</summary>
    private const double Solved = 475;

    /// <returns>0 if the policy solves the task, else 1.</returns>
    public static int Execute(CartPoleSettings settings)
    {
        // Both before the training, so that nothing is trained in vain.
        settings.Folder.Create();
        settings.Json?.Directory?.Create();
        var ml = new MLContext(settings.Seed);
        var cartPole = ml.ReinforcementLearning.LoadFromEnvironment(() => new Estimators.Environments.ClassicControl.CartPole(), settings.Environments);

        // The normaliser is fitted on what a random policy meets; during training every observation passes through it.
        var curve = new LearningCurve();
        ITransformer model = TrainingDisplay.Show(settings.Steps, display => ml.Transforms.NormalizeMeanVariance("Observation")
            .Append(ml.ReinforcementLearning.Trainers.Trpo(cartPole, new()
            {
                TotalSteps = settings.Steps,
                FinalMaxKl = 0.001,                     // small steps at the end, so that the policy settles
                Seed = settings.Seed,
                Progress = new Broadcast(curve, display),
            }))
            .Fit(cartPole));
        var last = curve.Last;
        var solvedAt = curve.FirstStepWith(Solved);
        Say($"Trained for {last.Steps:N0} steps in {last.Elapsed.TotalSeconds:F1} s ({last.StepsPerSecond:N0} steps/s); {(solvedAt is { } step ? FormattableString.Invariant($"the mean return of the last 100 episodes passed {Solved} at step {step:N0}") : $"the mean return of the last 100 episodes did not reach {Solved}")}.");

        var evaluation = ml.ReinforcementLearning.Evaluate(model, cartPole, episodes: 100, settings.Seed);
        Say($"Evaluation: {evaluation}, {evaluation.TruncatedEpisodes} of them to the time limit.");

        var zip = Path.Combine(settings.Folder.FullName, "cartpole.zip");
        var onnx = Path.Combine(settings.Folder.FullName, "cartpole.onnx");
        var plot = Path.Combine(settings.Folder.FullName, "learning-curve.png");
        ml.Model.Save(model, cartPole.Schema, zip);
        ml.ReinforcementLearning.ExportToOnnx(model, onnx);
        curve.SavePng(plot, $"CartPole-v1, TRPO, seed {settings.Seed}");

        var comparison = PolicyComparison.Run(model, zip, onnx, cartPole);
        Say($"Loaded again, over {comparison.Rows:N0} observations: cartpole.zip acts alike in {comparison.EqualZipActions:N0}, cartpole.onnx in {comparison.EqualOnnxActions:N0}; scores differ by at most {comparison.MaxAbsDifference:G2}.");
        Say($"Wrote {zip}");
        Say($"Wrote {onnx}");
        Say($"Wrote {plot}");

        if (settings.Json is not null)
        {
            new CartPoleResult(settings.Seed, last.Steps, last.Elapsed.TotalSeconds, last.StepsPerSecond, evaluation.MeanReturn,
                evaluation.StandardDeviation, comparison.MaxOnnxDifference, solvedAt).Save(settings.Json.FullName);
            Say($"Wrote {settings.Json.FullName}");
        }

        if (!comparison.AllEqual)
            Console.Error.WriteLine("A reloaded policy acts differently from the trained one.");
        if (evaluation.MeanReturn < Solved)
            Console.Error.WriteLine($"The mean return is below {Solved}: train for more steps.");
        return evaluation.MeanReturn >= Solved && comparison.AllEqual ? 0 : 1;
    }

    private static void Say(FormattableString line) => Console.WriteLine(FormattableString.Invariant(line));
}
