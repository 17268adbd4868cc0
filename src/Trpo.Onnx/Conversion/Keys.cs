using Microsoft.ML.Data;
using DataType = Trpo.Onnx.Graph.Format.TensorProto.Types.DataType;

namespace Trpo.Onnx.Conversion;

/// <summary>What is done with columns of keys.</summary>
internal static class Keys
{
    /// <summary>The number of different keys of the source.</summary>
    public static int CountOf(ConversionStep step) => step.Source.Item is KeyDataViewType { Count: > 0 and <= int.MaxValue } key
        ? (int)key.Count
        : step.Refuse<int>($"is computed from {step.Source.Item}, which is no key of known count");

    /// <summary>For every key, <c>[N, k]</c>, whether it is <paramref name="first"/>, the next and so on, <c>float[N, k, count]</c>.</summary>
    public static string Indicators(ConversionStep step, int first, int count)
    {
        var graph = step.Graph;
        long[] keys = [.. Enumerable.Range(first, count)];
        return graph.Cast(graph.Node("Equal", [graph.Node("Unsqueeze", [step.Source.Value], ("axes", new[] { 2L })), graph.Constant(keys, count)]), DataType.Float);
    }
}
