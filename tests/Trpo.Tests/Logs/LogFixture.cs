using System.Text.Json;
using Trpo.Estimators.Logs.Estimation;

namespace Trpo.Tests.Logs;

/// <summary>A log of 200 rows with the estimates that an independent implementation computed of it.</summary>
internal sealed class LogFixture
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private LogFixture(JsonElement root)
    {
        Actions = Read<int[]>(root, "action");
        Propensities = Read<double[]>(root, "propensity");
        Rewards = Read<double[]>(root, "reward");
        Policy = Read<double[][]>(root, "targetProbabilities");
        Model = [.. Read<double[][]>(root, "rewardModel").SelectMany(row => row)];
        Context = [.. Read<double[][]>(root, "context").Select(row => row.Select(value => (float)value).ToArray())];
        Estimates = Read<Expected[]>(root, "estimates");
        Gains = Read<Expected[]>(root, "gainOverLogging");
        InversePropensities = [.. root.GetProperty("inversePropensity").EnumerateArray().Select(item => (item.GetProperty("mean").GetDouble(), item.GetProperty("standardError").GetDouble()))];
        Eligible = root.TryGetProperty("eligible", out var eligible) ? [.. eligible.Deserialize<float[][]>()!] : null;
        (EffectiveSampleSize, MeanWeight, MaxWeight) = (root.GetProperty("effectiveSampleSize").GetDouble(), root.GetProperty("meanWeight").GetDouble(), root.GetProperty("maxWeight").GetDouble());
        DoublyRobustInterval = root.GetProperty("intervals").GetProperty("normalDR95").Deserialize<double[]>()!;
        SelfNormalizedInterval = root.GetProperty("intervals").GetProperty("normalSNIPS95").Deserialize<double[]>()!;
    }

    public static string[] Names { get; } = ["continuous", "masked", "no-overlap", "stochastic"];

    public int[] Actions { get; }

    public double[] Propensities { get; }

    public double[] Rewards { get; }

    public double[][] Policy { get; }

    public double[] Model { get; }

    public float[][] Context { get; }

    public float[][]? Eligible { get; }

    public Expected[] Estimates { get; }

    public Expected[] Gains { get; }

    public (double Mean, double StandardError)[] InversePropensities { get; }

    public double EffectiveSampleSize { get; }

    public double MeanWeight { get; }

    public double MaxWeight { get; }

    public double[] DoublyRobustInterval { get; }

    public double[] SelfNormalizedInterval { get; }

    public OffPolicyRows Rows => OffPolicyRows.Of(Actions, Propensities, Rewards, [.. Policy.SelectMany(row => row)], Model);

    public static LogFixture Load(string name)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(TestContext.CurrentContext.TestDirectory, "Fixtures", "off-policy", $"log-{name}.json")));
        return new LogFixture(document.RootElement);
    }

    private static T Read<T>(JsonElement root, string name) => root.GetProperty(name).Deserialize<T>(Json)!;

    public sealed record Expected(string Name, double? Parameter, double Value, double StandardError);
}
