using Trpo.Cli.Environments;
using Trpo.Estimators;

namespace Trpo.Cli.Runs;

/// <summary>All that a training was asked for, so that it can go on as it began.</summary>
internal sealed record TrainingCommand
{
    /// <summary>The longest time between two checkpoints, in seconds: some thirty years.</summary>
    public const double LongestInterval = 1_000_000_000;

    /// <summary>The shortest, in seconds.</summary>
    public const double ShortestInterval = 0.001;

    /// <summary>The most environments side by side.</summary>
    public const int MostEnvironments = 100_000;

    /// <summary>Where to act.</summary>
    public required EnvironmentChoice Environment { get; init; }

    /// <summary>How many environments are stepped side by side.</summary>
    public required int Environments { get; init; }

    /// <summary>How many threads step them.</summary>
    public required int Threads { get; init; }

    /// <summary>How observations are scaled.</summary>
    public required Normalization Normalization { get; init; }

    /// <summary>The episodes of the evaluation after training; 0 for none.</summary>
    public required int Episodes { get; init; }

    /// <summary>The seconds between two checkpoints.</summary>
    public required double CheckpointInterval { get; init; }

    /// <summary>The trainer's settings, without those of the run: checkpoints, listeners, tokens.</summary>
    public required TrpoOptions Options { get; init; }
}
