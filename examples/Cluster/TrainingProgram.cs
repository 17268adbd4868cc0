using System.Security.Cryptography;
using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Workers;
using Trpo.Orleans;

namespace Trpo.Examples.Cluster;

/// <summary>A process that trains on the silos of a cluster.</summary>
internal static class TrainingProgram
{
    /// <summary>The exit code of a program that was interrupted.</summary>
    public const int Interrupted = 130;

    private const int EnvironmentsPerShard = 4;

    /// <returns>0; 1 if the policy differs from that of one process; 130 if the training or the comparison was interrupted.</returns>
    public static Task<int> RunAsync(TrainingSettings settings, CancellationToken cancellation)
    {
        settings.Folder.Create();

        // Fit computes, and keeps the thread that it is called on.
        return ClusterClient.UseAsync(
            settings.Membership,
            settings.Gateways,
            settings.Patience,
            client => Task.Run(() => Execute(settings, client.TrpoWorkers() with { ShardsPerWorker = settings.ShardsPerWorker }, cancellation), CancellationToken.None),
            cancellation);
    }

    private static int Execute(TrainingSettings settings, TrainingWorkers workers, CancellationToken cancellation)
    {
        var options = new TrpoOptions
        {
            TotalSteps = settings.Steps,
            StepsPerIteration = 1_024,
            Seed = settings.Seed,
            Shards = settings.Shards,
            Workers = workers,
            Cancellation = cancellation,
        };
        var checkpoints = Path.Combine(settings.Folder.FullName, "checkpoints");
        if (!settings.Resume && Directory.Exists(checkpoints))
            Directory.Delete(checkpoints, recursive: true);
        var display = new TrainingDisplay();
        var policy = Path.Combine(settings.Folder.FullName, "reactor.onnx");
        Print($"Training for {settings.Steps:N0} steps in {settings.Shards} shards on {workers.Transport.Name}.");
        Train(options with { Progress = display, Checkpoints = new() { Folder = checkpoints, Resume = settings.Resume } }, settings, policy);
        if (cancellation.IsCancellationRequested)
        {
            Print($"Interrupted after {display.Last?.Steps ?? 0:N0} of {settings.Steps:N0} steps; the checkpoint is kept. The same command with --resume continues.");
            return Interrupted;
        }

        if (display.Last is { } last)
            Print($"Trained for {last.Steps:N0} steps in {last.Elapsed.TotalSeconds:F1} s ({last.StepsPerSecond:N0} steps/s): return {last.MeanReturnOfLast100:F1} of at most {Reactor.EpisodeSteps}. Wrote {policy}");
        var isSame = settings.ComparedSteps == 0 || IsSame(options with { TotalSteps = settings.ComparedSteps }, settings);
        return cancellation.IsCancellationRequested ? Interrupted : isSame ? 0 : 1;
    }

    // The same training with and without workers. False if it was interrupted.
    private static bool IsSame(TrpoOptions options, TrainingSettings settings)
    {
        var (there, here) = (Path.Combine(settings.Folder.FullName, "compared-cluster.onnx"), Path.Combine(settings.Folder.FullName, "compared-process.onnx"));
        Train(options, settings, there);
        Train(options with { Workers = null }, settings, here);
        if (options.Cancellation.IsCancellationRequested)
            return false;
        string[] hashes = [.. new[] { there, here }.Select(file => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))[..16])];
        Print($"{options.TotalSteps:N0} steps on the cluster and in this process: SHA-256 {hashes[0]}... and {hashes[1]}..., {(hashes[0] == hashes[1] ? "the same policy, bit for bit" : "two policies")}.");
        return hashes[0] == hashes[1];
    }

    private static void Train(TrpoOptions options, TrainingSettings settings, string path)
    {
        var ml = new MLContext(settings.Seed);
        ml.Log += (_, message) => Warn(message);
        var reactor = ml.ReinforcementLearning.LoadFromEnvironment(() => new TimeLimit(new Reactor(settings.StepTime), Reactor.EpisodeSteps), settings.Shards * EnvironmentsPerShard, rows: 512, threads: Environment.ProcessorCount, cancellation: options.Cancellation);
        var model = ml.Transforms.NormalizeMeanVariance("Observation", fixZero: false)
            .Append(ml.ReinforcementLearning.Trainers.Trpo(reactor, options))
            .Fit(reactor);
        if (!options.Cancellation.IsCancellationRequested)
            ml.ReinforcementLearning.ExportToOnnx(model, path);
    }

    // A worker that was lost, and what became of its shards, is a warning.
    private static void Warn(LoggingEventArgs message)
    {
        if (message.Kind == Microsoft.ML.Runtime.ChannelMessageKind.Warning)
            Console.Error.WriteLine(message.Message);
    }

    private static void Print(FormattableString line) => Console.WriteLine(FormattableString.Invariant(line));
}
