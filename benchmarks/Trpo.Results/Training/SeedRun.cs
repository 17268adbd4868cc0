using System.Diagnostics;
using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Results.Files;
using Trpo.Results.Studies;

namespace Trpo.Results.Training;

/// <summary>The training and evaluation of one seed of a study.</summary>
internal static class SeedRun
{
    /// <param name="study">The study.</param>
    /// <param name="seed">The seed of all randomness.</param>
    /// <param name="conditions">The conditions of the measurement.</param>
    /// <param name="progress">Receives every iteration.</param>
    /// <param name="cancel">Stops the training between two iterations.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> was cancelled.</exception>
    public static SeedResult Execute(Study study, int seed, Conditions conditions, IProgress<TrpoIteration> progress, CancellationToken cancel)
    {
        var curve = new CurveRecorder(study.Solved.Episodes);
        var ml = new MLContext(seed);
        var environment = ml.ReinforcementLearning.LoadFromEnvironment(study.Environment, study.Environments, cancellation: cancel);
        var options = study.Options with
        {
            Seed = seed,
            Threads = 1,

            // A policy that collapses or stands still, as without a normalizer, is a result too.
            Health = study.Options.Health with { EntropyCollapse = 0, MaxRejectedUpdates = null },
            Progress = new SeedProgress(cancel, curve, progress),
        };
        var trainer = ml.ReinforcementLearning.Trainers.Trpo(environment, study.Prepare?.Invoke(options) ?? options);

        var start = Stopwatch.GetTimestamp();
        ITransformer model = study.Normalization is { } normalization
            ? ml.Transforms.NormalizeMeanVariance("Observation", fixZero: normalization.FixZero).Append(trainer).Fit(environment)
            : trainer.Fit(environment);
        var time = Stopwatch.GetElapsedTime(start);
        using var owned = model as IDisposable;
        cancel.ThrowIfCancellationRequested();

        var evaluation = ml.ReinforcementLearning.Evaluate(model, environment, conditions.Episodes, seed, cancellation: cancel);
        return new SeedResult
        {
            Environment = study.Title,
            Seed = seed,
            Fingerprint = Fingerprint.Of(study, conditions.Episodes),
            Returns = evaluation.Returns,
            Curve = curve.Points,
            TrainingSeconds = time.TotalSeconds,
            Cores = System.Environment.ProcessorCount,
            SideBySide = conditions.SideBySide,
        };
    }
}
