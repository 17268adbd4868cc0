using System.Security.Cryptography;
using System.Text;
using Trpo.Estimators;

namespace Trpo.Fingerprints;

/// <summary>Prints a line per configuration and seed with hashes of everything that the seed decides.</summary>
internal static class PolicyReport
{
    private const int Seeds = 5;

    /// <summary>Trains every configuration with every seed, whole and in two parts.</summary>
    /// <param name="folder">The folder for the metrics and models of each run, so that a difference can be located.</param>
    /// <returns>0, or 1 if a run in two parts differs from the whole one.</returns>
    public static int Print(string folder)
    {
        Directory.CreateDirectory(folder);
        var exitCode = 0;
        Console.WriteLine("configuration seed sha256-of-the-policy sha256-of-the-chain sha256-of-the-metrics mean-return resumed");
        foreach (var configuration in Configurations.Policies)
        {
            for (var seed = 1; seed <= Seeds; seed++)
            {
                var training = new Training(configuration, seed);
                var result = training.Run();
                var metrics = Encoding.UTF8.GetBytes(string.Concat(training.Iterations.Select(Line)));
                var isRepeated = IsRepeatedInTwoParts(configuration, seed, result, metrics);
                exitCode |= isRepeated ? 0 : 1;
                Console.WriteLine($"{configuration.Name} {seed} {Hash(result.Policy)} {Hash(result.Chain)} {Hash(metrics)} {result.MeanReturn:R} {(isRepeated ? "equal" : "DIFFERENT")}");
                File.WriteAllBytes(Path.Combine(folder, $"{configuration.Name}-{seed}.onnx"), result.Policy);
                File.WriteAllBytes(Path.Combine(folder, $"{configuration.Name}-{seed}.csv"), metrics);
            }
        }

        return exitCode;
    }

    private static bool IsRepeatedInTwoParts(Configuration configuration, int seed, TrainingResult whole, byte[] metrics)
    {
        var folder = Directory.CreateTempSubdirectory("fingerprints");
        try
        {
            var training = new Training(configuration, seed);
            var result = training.RunInTwoParts(folder.FullName);
            var repeated = Encoding.UTF8.GetBytes(string.Concat(training.Iterations.Select(Line)));
            return result.Policy.AsSpan().SequenceEqual(whole.Policy) && result.Chain.AsSpan().SequenceEqual(whole.Chain) && repeated.AsSpan().SequenceEqual(metrics);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // R keeps every bit of a double.
    private static string Line(TrpoIteration iteration) => FormattableString.Invariant(
        $"{iteration.Iteration},{iteration.Steps},{iteration.Episodes},{iteration.MeanReturn:R},{iteration.MeanReturnOfLast100:R},{iteration.MeanEpisodeLength:R},{iteration.MaxKl:R},{iteration.Update.MeanKl:R},{iteration.Update.StepFraction:R},{iteration.Update.Improvement:R},{iteration.Update.ExpectedImprovement:R},{iteration.Update.GradientNorm:R},{iteration.Update.Trials},{iteration.Entropy:R},{iteration.ExplainedVariance:R},{iteration.ValueLoss:R}\n");

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
