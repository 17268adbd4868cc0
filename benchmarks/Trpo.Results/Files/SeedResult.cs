using System.Text.Json.Serialization;
using Trpo.Results.Studies;
using Trpo.Results.Training;

namespace Trpo.Results.Files;

/// <summary>What one seed of a study reached, as it is kept in a file.</summary>
internal sealed record SeedResult
{
    public required string Environment { get; init; }

    public required int Seed { get; init; }

    public required Fingerprint Fingerprint { get; init; }

    /// <summary>The return of each episode of the evaluation.</summary>
    public required IReadOnlyList<double> Returns { get; init; }

    public required IReadOnlyList<CurvePoint> Curve { get; init; }

    public required double TrainingSeconds { get; init; }

    /// <summary>The number of the machine's cores.</summary>
    public required int Cores { get; init; }

    /// <summary>The number of trainings that shared them.</summary>
    public required int SideBySide { get; init; }

    [JsonIgnore]
    public double Mean => Returns.Average();

    /// <summary>The steps after which the task was solved, at the end of an iteration; null if it was not.</summary>
    public int? SolvedAt(SolvedRule rule) => Curve.FirstOrDefault(point => point.IsFull && point.WindowMean >= rule.Threshold)?.Steps;
}
