namespace Trpo.Fingerprints;

/// <summary>The policy of a training run.</summary>
/// <param name="Policy">The bytes of its ONNX model.</param>
/// <param name="Chain">The bytes of the ONNX model that also holds the transforms in front of it.</param>
/// <param name="MeanReturn">The mean return of its evaluation with deterministic actions.</param>
internal sealed record TrainingResult(byte[] Policy, byte[] Chain, double MeanReturn);
