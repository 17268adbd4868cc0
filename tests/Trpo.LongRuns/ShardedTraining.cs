using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Runtime.Randomness;

namespace Trpo.LongRuns;

/// <summary>Short trainings with random settings, each with 1 to 4 shards and with several numbers of threads.</summary>
internal static class ShardedTraining
{
    private static readonly int[] Threads = [1, 2, 3, 8];

    /// <summary>Prints a line for each training: its settings, shards and threads, the digest of its policy and metrics, and whether vectors of 512 bits are accelerated.</summary>
    /// <param name="seed">The seed of the settings.</param>
    /// <param name="settings">The number of settings.</param>
    public static void Print(int seed, int settings)
    {
        var random = new RandomSource((ulong)seed);
        for (var i = 0; i < settings; i++)
        {
            var (count, steps) = (4 + random.NextInt(4), 20 + random.NextInt(380));
            var options = new TrpoOptions
            {
                TotalSteps = 3 * steps,
                StepsPerIteration = steps,
                FinalStepsPerIteration = steps,
                HiddenLayers = random.NextInt(3) switch { 0 => [], 1 => [7], _ => [32, 16] },
                NormalizeObservations = random.NextInt(2) == 0,
                ReusedIterations = random.NextInt(3),
                FisherFraction = random.NextDouble(0.05, 1),
                EntropyBonus = random.NextInt(2) * 0.01,
                Seed = random.NextSeed(),
                Network = random.NextInt(4) == 0 ? arguments => new PlainNetwork(arguments.Inputs, arguments.Outputs, arguments.Random, width: 8) : null,
            };
            Func<IEnvironment> environment = random.NextInt(2) == 0 ? () => new CartPole() : () => new Pendulum();
            for (var shards = 1; shards <= 4; shards++)
            {
                foreach (var threads in Threads)
                    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{i} {shards} {threads} {Digest(environment, count, threads, options with { Shards = shards, Threads = threads })} {Vector512.IsHardwareAccelerated}"));
            }
        }
    }

    private static string Digest(Func<IEnvironment> environment, int count, int threads, TrpoOptions options)
    {
        using var metrics = new MemoryStream();
        var ml = new MLContext(1);

        // Environments are stepped, and rollouts collected, by as many threads as update.
        var view = ml.ReinforcementLearning.LoadFromEnvironment(environment, count, threads: threads, rows: 50);
        var pipeline = ml.Transforms.NormalizeMinMax("Observation").Append(ml.ReinforcementLearning.Trainers.Trpo(view, options with { Progress = new Writer(metrics) }));
        using var policy = pipeline.Fit(view).LastTransformer;
        metrics.Write(policy.Onnx.Span);
        return Convert.ToHexString(SHA256.HashData(metrics.ToArray()));
    }

    private sealed class Writer(Stream stream) : IProgress<TrpoIteration>
    {
        public void Report(TrpoIteration value)
        {
            double[] numbers = [.. value.Returns, value.ValueLoss, value.Entropy, value.ExplainedVariance, value.Update.MeanKl, value.Update.GradientNorm, value.Update.Improvement];
            stream.Write(MemoryMarshal.AsBytes(numbers.AsSpan()));
        }
    }
}
