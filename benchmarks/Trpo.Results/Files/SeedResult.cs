using System.Text.Json.Serialization;
using Trpo.Results.Studies;
using Trpo.Results.Training;

namespace Trpo.Results.Files;

/// <summary>The result of one seed of a study, as stored in its file.</summary>
internal sealed record SeedResult
{
    public required string Environment { get; init; }

    public required int Seed { get; init; }

    public required Fingerprint Fingerprint { get; init; }

    /// <summary>The return of each episode of the evaluation.</summary>
    public required IReadOnlyList<double> Returns { get; init; }

    public required IReadOnlyList<CurvePoint> Curve { get; init; }

    public required double TrainingSeconds { get; init; }

    /// <summary>The number of processor cores of the machine.</summary>
    public required int Cores { get; init; }

    /// <summary>The number of concurrent training runs.</summary>
    public required int SideBySide { get; init; }

    [JsonIgnore]
    public double Mean => Returns.Average();

    /// <summary>Returns the environment steps at the end of the iteration that solved the task; null if none did.</summary>
    public int? SolvedAt(SolvedRule rule) => Curve.FirstOrDefault(point => point.IsFull && point.WindowMean >= rule.Threshold)?.Steps;
}
