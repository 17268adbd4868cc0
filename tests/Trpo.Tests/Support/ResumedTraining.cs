using Microsoft.ML;
using Microsoft.ML.Runtime;
using Trpo.Estimators;
using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Environments;
using Trpo.Onnx;

namespace Trpo.Tests.Support;

/// <summary>A training, as a whole or in pieces.</summary>
internal sealed class ResumedTraining(Func<IEnvironment> environment, TrpoOptions options, int count = 3, int threads = 1, bool normalize = false)
{
    /// <summary>Gets the logged warnings and errors.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>All that was logged by the trainer.</summary>
    public List<string> Messages { get; } = [];

    /// <summary>The training without a break.</summary>
    public (byte[] Onnx, List<TrpoIteration> Iterations) Whole() => Fit(options);

    /// <summary>The training, gone on with from the folder if there is something in it, and cancelled after a number of steps of the environments of this session.</summary>
    public (byte[] Onnx, List<TrpoIteration> Iterations) Piece(string folder, int cancelAfter = int.MaxValue)
    {
        using var cancellation = new CancellationTokenSource();
        var left = cancelAfter;
        return Fit(options with
        {
            Checkpoints = options.Checkpoints ?? new CheckpointOptions { Folder = folder, Resume = true },
            Cancellation = cancellation.Token,
        }, () =>
        {
            if (Interlocked.Decrement(ref left) == 0)
                cancellation.Cancel();
        });
    }

    private (byte[] Onnx, List<TrpoIteration> Iterations) Fit(TrpoOptions settings, Action? beforeStep = null)
    {
        var listener = new Listener();
        var ml = new MLContext(1);
        ml.Log += (_, log) =>
        {
            if (!log.Source.Contains("TrpoEstimator", StringComparison.Ordinal))
                return;
            Messages.Add(log.Message);
            if (log.Kind == ChannelMessageKind.Warning)
                Warnings.Add(log.Message);
        };

        // The table of a random policy makes steps too, which are not the training's.
        var view = ml.ReinforcementLearning.LoadFromEnvironment(() => beforeStep is null ? environment() : new StepCounter(environment(), beforeStep), count, threads: threads, rows: 100);
        var trainer = ml.ReinforcementLearning.Trainers.Trpo(view, settings with { Progress = listener });
        ITransformer model = normalize ? ml.Transforms.NormalizeMeanVariance("Observation").Append(trainer).Fit(view) : trainer.Fit(view);
        using var owned = model as IDisposable;
        return (PolicyChain.FromModel(model).Policy.Onnx.ToArray(), listener.Iterations);
    }
}
