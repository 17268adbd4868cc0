using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.ClassicControl;

namespace Trpo.LongRuns;

/// <summary>A training with evaluations, which kills its own process at a step, and writes the evaluations into a file as they are reported.</summary>
internal static class EvaluatedRun
{
    private const int Environments = 3;

    public static void Train(string folder, string where, int step)
    {
        Directory.CreateDirectory(folder);
        var log = Path.Combine(folder, "evaluations.txt");
        var isOver = File.Exists(log) && File.ReadLines(log).Any(line => line.StartsWith("1800 ", StringComparison.Ordinal));
        var (created, steps) = (0, 0);
        var ml = new MLContext(1);
        var view = ml.ReinforcementLearning.LoadFromEnvironment(Create, Environments, rows: 100);
        using var policy = ml.ReinforcementLearning.Trainers.Trpo(view, new TrpoOptions
        {
            TotalSteps = 1_800,
            StepsPerIteration = 150,
            FinalStepsPerIteration = 150,
            HiddenLayers = [8],
            ReusedIterations = 1,
            NormalizeObservations = true,
            Seed = 3,
            Evaluation = new() { Every = 300, Episodes = 5, KeepBest = true },
            Checkpoints = new() { Folder = Path.Combine(folder, "checkpoints"), Resume = true, Interval = TimeSpan.FromTicks(1) },
            Progress = new EvaluationLog(log, () => isOver = true),
        }).Fit(view);
        policy.SaveOnnx(Path.Combine(folder, "policy.onnx"));

        // One for the spaces, then those of the training, then those of the evaluations.
        IEnvironment Create()
        {
            var role = ++created > 1 + Environments ? "evaluations" : created > 1 ? "training" : "";
            return new BeforeStep(new CartPole(), () =>
            {
                // The evaluation of the best policy follows the last iteration.
                if (where != (isOver ? "best" : role) || ++steps != step)
                    return;

                // SIGKILL; nothing runs after it.
                Process.GetCurrentProcess().Kill();
                Thread.Sleep(Timeout.Infinite);
            });
        }
    }

    private sealed class EvaluationLog(string path, Action ended) : IProgress<TrpoIteration>
    {
        public void Report(TrpoIteration value)
        {
            if (value.Steps == value.TotalSteps)
                ended();
            if (value.Evaluation is { } evaluation)
                File.AppendAllText(path, string.Create(CultureInfo.InvariantCulture, $"{evaluation.Steps} {evaluation.Seed} {evaluation.IsBest} {string.Join(' ', evaluation.Returns)}\n"));
        }
    }
}
