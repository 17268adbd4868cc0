using Trpo.Runtime.Graph;

namespace Trpo.Onnx.Hosting;

/// <summary>A replacement of the policy that a <see cref="PolicyHost"/> serves, or the reason why there was none.</summary>
/// <param name="Path">The file; null for a policy that was handed over in memory.</param>
/// <param name="Metadata">The description of the policy that is served from now on, which is the earlier one if there was an error.</param>
/// <param name="Error">The reason why the file is not served; null if it is.</param>
public sealed record PolicyChange(string? Path, PolicyMetadata Metadata, Exception? Error)
{
    /// <summary>True if the policy was replaced.</summary>
    public bool IsReplaced => Error is null;
}
