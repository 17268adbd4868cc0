using Microsoft.ML.Data;
using DataType = Trpo.Onnx.Graph.Format.TensorProto.Types.DataType;

namespace Trpo.Onnx.Conversion;

/// <summary>Helpers for columns of keys.</summary>
internal static class Keys
{
    /// <summary>Returns the number of different keys of the source.</summary>
    public static int CountOf(ConversionStep step) => step.Source.Item is KeyDataViewType { Count: > 0 and <= int.MaxValue } key
        ? (int)key.Count
        : step.Refuse<int>($"is computed from {step.Source.Item}, which is not a key of known count");

    /// <summary>Compares every key, <c>[N, k]</c>, with <paramref name="first"/> and those that follow: 1 or 0, <c>float[N, k, count]</c>.</summary>
    public static string Indicators(ConversionStep step, int first, int count)
    {
        var graph = step.Graph;
        long[] keys = [.. Enumerable.Range(first, count)];
        return graph.Cast(graph.Node("Equal", [graph.Node("Unsqueeze", [step.Source.Value], ("axes", new[] { 2L })), graph.Constant(keys, count)]), DataType.Float);
    }
}
