using Trpo.Runtime.Graph;

namespace Trpo.Onnx.Conversion;

/// <summary>An exported policy that other nodes are put in front of.</summary>
/// <param name="Onnx">The bytes of the ONNX model.</param>
/// <param name="Metadata">The metadata of the model.</param>
/// <param name="ObservationColumn">The name of the column that the policy reads.</param>
internal sealed record PolicyGraph(ReadOnlyMemory<byte> Onnx, PolicyMetadata Metadata, string ObservationColumn);
