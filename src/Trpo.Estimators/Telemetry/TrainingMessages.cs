using System.Buffers;

namespace Trpo.Estimators.Telemetry;

/// <summary>The receivers of a training's reports, called on its thread.</summary>
internal sealed record TrainingMessages
{
    /// <summary>Receives every iteration as it ends.</summary>
    public required Action<TrpoIteration> Report { get; init; }

    /// <summary>Receives information.</summary>
    public required Action<string> Inform { get; init; }

    /// <summary>Receives warnings.</summary>
    public required Action<string> Warn { get; init; }

    /// <summary>Meters and traces.</summary>
    public required TrainingTelemetry Telemetry { get; init; }

    /// <summary>Asks the context whether it was cancelled, and cancels the token of the training if so; called before each step of all environments. Null for no context.</summary>
    public Action? AskContext { get; init; }

    /// <summary>Called at the end of every iteration's rollout; null for no receiver.</summary>
    public Action? Collected { get; init; }

    /// <summary>Receives the observations of the first iteration, <c>[N, d]</c>, and <c>d</c>; null for no receiver.</summary>
    public ReadOnlySpanAction<float, int>? FirstObservations { get; init; }
}
