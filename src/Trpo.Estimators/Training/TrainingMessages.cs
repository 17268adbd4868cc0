using System.Buffers;

namespace Trpo.Estimators.Training;

/// <summary>Who is told of what happens in a training, on its thread.</summary>
internal sealed record TrainingMessages
{
    /// <summary>Is told of every iteration as it ends.</summary>
    public required Action<TrpoIteration> Report { get; init; }

    /// <summary>Is told what is as it should be, and worth knowing.</summary>
    public required Action<string> Tell { get; init; }

    /// <summary>Is told what is not as it should be, but does not end the training.</summary>
    public required Action<string> Warn { get; init; }

    /// <summary>Meters and traces.</summary>
    public required TrainingTelemetry Telemetry { get; init; }

    /// <summary>Is shown the first iteration's observations, <c>[N, d]</c>, before anything is learned from them.</summary>
    public ReadOnlySpanAction<float, int>? Observed { get; init; }
}
