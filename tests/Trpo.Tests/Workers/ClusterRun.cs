using System.Security.Cryptography;
using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments;
using Trpo.Tests.Support;

namespace Trpo.Tests.Workers;

/// <summary>A training, and all that it shows of itself but times.</summary>
/// <param name="Digest">The hash of the exported policy and of the numbers of all iterations.</param>
/// <param name="Iterations">The iterations.</param>
/// <param name="Messages">The messages of the context.</param>
internal sealed record ClusterRun(string Digest, IReadOnlyList<TrpoIteration> Iterations, IReadOnlyList<string> Messages)
{
    /// <summary>Trains.</summary>
    /// <param name="options">The options.</param>
    /// <param name="factory">The factory of the environment.</param>
    /// <param name="count">The number of environments.</param>
    /// <param name="pipeline">The transforms in front of the trainer; null for none.</param>
    /// <param name="maxRestarts">The number of restarts that are allowed.</param>
    /// <param name="reached">Receives the number of each iteration when it has ended; null for nobody.</param>
    public static ClusterRun Train(TrpoOptions options, Func<IEnvironment> factory, int count, Func<MLContext, IEstimator<ITransformer>>? pipeline = null, int maxRestarts = 0, Action<int>? reached = null)
    {
        var ml = new MLContext(1);
        var messages = new List<string>();
        ml.Log += (_, log) =>
        {
            lock (messages)
                messages.Add(log.Message);
        };
        var listener = new Listener(iteration => reached?.Invoke(iteration.Iteration));
        var view = ml.ReinforcementLearning.LoadFromEnvironment(factory, count, maxRestarts: maxRestarts);
        var trainer = ml.ReinforcementLearning.Trainers.Trpo(view, options with { Progress = listener });
        var data = pipeline is null ? view : pipeline(ml).Fit(view).Transform(view);
        using var policy = trainer.Fit(data);
        using var folder = new TemporaryFolder();
        var path = folder.PathOf("policy.onnx");
        ml.ReinforcementLearning.ExportToOnnx(policy, path);
        var numbers = string.Join('\n', listener.Iterations.Select(iteration => $"{iteration with { Elapsed = default, Times = new(default, default, default, default), Workers = [] }} {string.Join(',', iteration.Returns)}"));
        return new ClusterRun($"{Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)))[..16]} {Convert.ToHexString(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(numbers)))[..16]}", listener.Iterations, messages);
    }
}
