using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Reports;
using Trpo.Reports.Descriptions;

namespace Trpo.Examples.CartPole;

/// <summary>The example: trains, reports, evaluates, saves, loads again and compares.</summary>
internal static class CartPoleRun
{
    /// <summary>The mean return at which CartPole-v1 counts as solved.</summary>
    private const double Solved = 475;

    /// <summary>The exit code of a program that was interrupted.</summary>
    public const int Interrupted = 130;

    /// <returns>0 if the policy solves the task, 130 if the training was interrupted, otherwise 1.</returns>
    public static int Execute(CartPoleSettings settings, CancellationToken cancellation)
    {
        // Fails before the training if the folders cannot be written.
        settings.Folder.Create();
        settings.Json?.Directory?.Create();
        if (!settings.Resume && settings.Checkpoints.Exists)
            settings.Checkpoints.Delete(recursive: true);
        var ml = new MLContext(settings.Seed);
        var cartPole = ml.ReinforcementLearning.LoadFromEnvironment(() => new Estimators.Environments.ClassicControl.CartPole(), settings.Environments, cancellation: cancellation);
        var options = new TrpoOptions
        {
            TotalSteps = settings.Steps,
            FinalMaxKl = 0.001,                         // small steps at the end, so that the policy settles
            Seed = settings.Seed,
            Checkpoints = new() { Folder = settings.Checkpoints.FullName, Resume = settings.Resume },
            Cancellation = cancellation,
        };

        // The normalizer is fitted to the observations of a random policy; during training every observation passes through it.
        var log = new TrainingLog(Solved);
        using var recorder = new RunRecorder(settings.Folder.FullName, RunDescription.Create("CartPole-v1", settings.Environments, options));
        ITransformer model = ml.Transforms.NormalizeMeanVariance("Observation", fixZero: false)
            .Append(ml.ReinforcementLearning.Trainers.Trpo(cartPole, options with { Progress = TrpoProgress.Combine(log, recorder, TrpoProgress.Console) }))
            .Fit(cartPole);
        if (cancellation.IsCancellationRequested)
        {
            Print($"Interrupted after {log.Last?.Steps ?? 0:N0} of {settings.Steps:N0} steps; the checkpoint is kept. The same command with --resume continues.");
            return Interrupted;
        }

        if (log.Last is { } last)
            Print($"Trained for {last.Steps:N0} steps in {last.Elapsed.TotalSeconds:F1} s ({last.StepsPerSecond:N0} steps/s); {(log.SolvedAt is { } step ? FormattableString.Invariant($"the mean return of the last 100 episodes passed {Solved} at step {step:N0}") : $"the mean return of the last 100 episodes did not reach {Solved}")}.");
        else
            Print($"The training was already finished.");

        var evaluation = ml.ReinforcementLearning.Evaluate(model, cartPole, episodes: 100, settings.Seed, cancellation: cancellation);
        Print($"Evaluation: {evaluation}, {evaluation.TruncatedEpisodes} of them to the time limit.");

        var zip = Path.Combine(settings.Folder.FullName, "cartpole.zip");
        var onnx = Path.Combine(settings.Folder.FullName, "cartpole.onnx");
        ml.Model.Save(model, cartPole.Schema, zip);
        ml.ReinforcementLearning.ExportToOnnx(model, onnx);
        var report = RunReport.Save(settings.Folder.FullName)[0];

        var comparison = PolicyComparison.Run(model, zip, onnx, cartPole);
        Print($"Loaded again, over {comparison.Rows:N0} observations: cartpole.zip chooses the same action in {comparison.EqualZipActions:N0}, cartpole.onnx in {comparison.EqualOnnxActions:N0}; scores differ by at most {comparison.MaxAbsDifference:G2}.");
        Print($"Wrote {zip}");
        Print($"Wrote {onnx}");
        Print($"Wrote {report}, with the learning curve, the settings and the health of the run");

        if (settings.Json is not null)
        {
            new CartPoleResult(settings.Seed, log.Last?.Steps ?? 0, log.Last?.Elapsed.TotalSeconds ?? 0, log.Last?.StepsPerSecond ?? 0, evaluation.MeanReturn,
                evaluation.StandardDeviation, comparison.MaxOnnxDifference, log.SolvedAt).Save(settings.Json.FullName);
            Print($"Wrote {settings.Json.FullName}");
        }

        if (!comparison.AllEqual)
            Console.Error.WriteLine("A reloaded policy acts differently from the trained one.");
        if (evaluation.MeanReturn < Solved)
            Console.Error.WriteLine($"The mean return is below {Solved}: train for more steps.");
        return evaluation.MeanReturn >= Solved && comparison.AllEqual ? 0 : 1;
    }

    private static void Print(FormattableString line) => Console.WriteLine(FormattableString.Invariant(line));
}
