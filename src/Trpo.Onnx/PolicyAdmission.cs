using Trpo.Onnx.Admission;
using Trpo.Onnx.Graph.Format;
using Trpo.Runtime;
using Trpo.Runtime.Graph;

namespace Trpo.Onnx;

/// <summary>The check that <see cref="PolicySession.Open(string)"/> makes of the operators, the memory and the work of a policy before it runs.</summary>
public static class PolicyAdmission
{
    /// <summary>Returns the reason why a policy opens on the word of the caller only.</summary>
    /// <param name="model">The bytes of the ONNX model.</param>
    /// <returns>The operators or the node that are not admitted, with the limit; null if the policy opens without the word of the caller.</returns>
    /// <exception cref="InvalidDataException">The bytes are not a policy, or are damaged: no word of the caller opens them.</exception>
    public static string? FindRefusal(byte[] model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var metadata = PolicyMetadata.FromOnnx(model);
        try
        {
            if (!Policy.TryOpen(model, out _))
                CheckForOnnxRuntime(ModelProto.Parser.ParseFrom(model), metadata);
            return null;
        }
        catch (InvalidDataException exception)
        {
            return exception.Message;
        }
    }

    /// <summary>Checks a policy that managed code does not run. Managed code has limits of its own.</summary>
    /// <exception cref="InvalidDataException">The policy is not admitted; the message names the operators, or the node and the limit.</exception>
    internal static void CheckForOnnxRuntime(ModelProto model, PolicyMetadata metadata) =>
        GraphAdmission.Check(model, Math.Max(metadata.Observations.Length, Math.Max(metadata.Actions.Length, metadata.Actions.ScoreLength)));
}
