using Trpo.Onnx.Graph;
using Trpo.Onnx.Spaces;

namespace Trpo.Cli.Inspection;

/// <summary>What a file with a policy says of itself.</summary>
/// <param name="File">The file.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Preprocessing">The transforms of a model of ML.NET's that stand in front of the policy, in their order; empty for a graph, which has them inside.</param>
/// <param name="Graph">The policy's graph.</param>
/// <param name="Observations">What the policy observes, behind its preprocessing.</param>
/// <param name="Actions">What it does.</param>
/// <param name="RawColumns">The columns that it was trained on, before any transform.</param>
/// <param name="HasActionMask">Whether the observation ends with a mask.</param>
/// <param name="Provenance">What produced it.</param>
internal sealed record PolicyDescription(
    string File,
    long Bytes,
    IReadOnlyList<string> Preprocessing,
    GraphDescription Graph,
    ObservationSpace Observations,
    ActionSpace Actions,
    IReadOnlyList<PolicyInputColumn> RawColumns,
    bool HasActionMask,
    IReadOnlyDictionary<string, string> Provenance);
