using Trpo.Onnx.Graph;
using Trpo.Runtime.Graph;
using Trpo.Runtime.Spaces;

namespace Trpo.Cli.Inspection;

/// <summary>A description of a file with a policy.</summary>
/// <param name="File">The path of the file.</param>
/// <param name="Bytes">The size of the file, in bytes.</param>
/// <param name="Preprocessing">The transforms in front of the policy in an ML.NET model, in their order; empty for a graph, which contains them.</param>
/// <param name="Graph">The policy's graph.</param>
/// <param name="Observations">The policy's observations, after the preprocessing.</param>
/// <param name="Actions">The policy's actions.</param>
/// <param name="RawColumns">The columns that the policy was trained on, before any transform.</param>
/// <param name="HasActionMask">True if the observation ends with an action mask.</param>
/// <param name="Provenance">The origin of the policy: environment, steps, seed, versions.</param>
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
