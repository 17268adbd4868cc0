using System.Diagnostics;
using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Results.Files;
using Trpo.Results.Studies;

namespace Trpo.Results.Training;

/// <summary>Trains and evaluates one seed of a study.</summary>
internal static class SeedRun
{
    /// <param name="study">What to learn, and how.</param>
    /// <param name="seed">Where all randomness starts.</param>
    /// <param name="conditions">How the result is measured.</param>
    /// <param name="progress">Is told of every iteration.</param>
    /// <param name="cancel">Ends the training between two iterations.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static SeedResult Execute(Study study, int seed, Conditions conditions, IProgress<TrpoIteration> progress, CancellationToken cancel)
    {
        var curve = new CurveRecorder(study.Solved.Episodes);
        var ml = new MLContext(seed);
        var environment = ml.ReinforcementLearning.LoadFromEnvironment(study.Environment, study.Environments);
        var trainer = ml.ReinforcementLearning.Trainers.Trpo(environment, study.Options with
        {
            Seed = seed,
            Threads = 1,
            Progress = new SeedProgress(cancel, curve, progress),
        });

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
