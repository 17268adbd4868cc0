using Trpo.Cli.Environments;
using Trpo.Estimators;

namespace Trpo.Cli.Runs;

/// <summary>The settings of a training, with which it can be resumed.</summary>
internal sealed record TrainingCommand
{
    /// <summary>The maximum time between two checkpoints, in seconds: some thirty years.</summary>
    public const double MaxCheckpointInterval = 1_000_000_000;

    /// <summary>The minimum time between two checkpoints, in seconds.</summary>
    public const double MinCheckpointInterval = 0.001;

    /// <summary>The maximum number of environments.</summary>
    public const int MaxEnvironments = 100_000;

    /// <summary>Gets the environment.</summary>
    public required EnvironmentChoice Environment { get; init; }

    /// <summary>Gets the number of environments that are stepped in turn.</summary>
    public required int Environments { get; init; }

    /// <summary>Gets the stepping of the environments.</summary>
    public required SteppingChoice Stepping { get; init; }

    /// <summary>Gets the scaling of observations.</summary>
    public required Normalization Normalization { get; init; }

    /// <summary>Gets the number of episodes of the evaluation after training; 0 for none.</summary>
    public required int Episodes { get; init; }

    /// <summary>Gets the time between two checkpoints, in seconds.</summary>
    public required double CheckpointInterval { get; init; }

    /// <summary>True if the training begins with the policy in the folder of the run.</summary>
    public bool HasStart { get; init; }

    /// <summary>Gets the trainer's settings, without those of the process: checkpoints, listeners, tokens.</summary>
    public required TrpoOptions Options { get; init; }
}
