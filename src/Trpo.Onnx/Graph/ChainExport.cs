using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Microsoft.ML;
using Microsoft.ML.Transforms;
using Trpo.Onnx.Graph.Format;
using Trpo.Onnx.Interop;

namespace Trpo.Onnx.Graph;

/// <summary>
/// A policy and the normalisation in front of it as one ONNX graph: its input is what enters the first normaliser. Whatever else stands
/// in the chain is refused by name, so that no graph leaves out something that the model does.
/// </summary>
internal static class ChainExport
{
    /// <exception cref="NotSupportedException">A transform of the chain cannot be expressed; the message names it.</exception>
    public static byte[] ToOnnx(PolicyChain chain)
    {
        if (chain.Behind is [var behind, ..])
            throw new NotSupportedException($"{behind.GetType().Name}, behind the policy, cannot be expressed in the policy's ONNX graph. Export the model without it.");

        var affine = Affine(chain);
        if (affine.Count == 0)
            return chain.Policy.Onnx.ToArray();

        var model = ModelProto.Parser.ParseFrom(chain.Policy.Onnx.Span);
        var nodes = model.Graph.Node.ToList();
        var prefix = Prefix(model.Graph);
        model.Graph.Node.Clear();
        var value = PolicyValues.Observation;
        for (var i = 0; i < affine.Count; i++)
        {
            // ML.NET normalises as (x - offset) * scale.
            value = Apply(model.Graph, "Sub", $"{prefix}{i}_offset", affine[i].Offset, value);
            value = Apply(model.Graph, "Mul", $"{prefix}{i}_scale", affine[i].Scale, value);
        }

        foreach (var node in nodes)
        {
            for (var i = 0; i < node.Input.Count; i++)
            {
                if (node.Input[i] == PolicyValues.Observation)
                    node.Input[i] = value;
            }
        }

        model.Graph.Node.AddRange(nodes);
        var bytes = SealedModel.Seal(model);

        // Nothing leaves that could not be opened again.
        using var opened = PolicySession.Open(bytes);
        return bytes;
    }

    // A policy that was exported with its normalisers may stand behind further ones, and the author of a graph may name its values anything.
    private static string Prefix(GraphProto graph)
    {
        var names = graph.Initializer.Select(tensor => tensor.Name).Concat(graph.Node.SelectMany(node => node.Output)).ToList();
        var prefix = "normalizer";
        while (names.Any(name => name.StartsWith(prefix, StringComparison.Ordinal)))
            prefix = $"outer_{prefix}";
        return prefix;
    }

    // From the policy back to the raw observations, following the one column that it reads.
    private static List<(float[] Scale, float[] Offset)> Affine(PolicyChain chain)
    {
        var column = chain.Policy.Columns.Observation;
        var found = new List<(float[] Scale, float[] Offset)>();
        foreach (var transformer in chain.Before.Reverse())
        {
            if (transformer is not NormalizingTransformer normalizer)
                throw Refused(transformer, "only affine normalisers (NormalizeMeanVariance, NormalizeMinMax and the like) can be expressed so far");
            var columns = MicrosoftMLInternals.ColumnsOf(normalizer).ToList();
            var place = columns.FindIndex(pair => pair.Output == column);
            if (place < 0)
                continue;
            if (normalizer.GetNormalizerModelParameters(place) is not NormalizingTransformer.AffineNormalizerModelParameters<ImmutableArray<float>> parameters)
                throw Refused(transformer, $"its normalisation of column '{column}' is not affine");
            found.Add(([.. parameters.Scale], parameters.Offset.IsDefaultOrEmpty ? new float[parameters.Scale.Length] : [.. parameters.Offset]));
            column = columns[place].Input;
        }

        found.Reverse();
        return found;
    }

    private static string Apply(GraphProto graph, string operation, string name, float[] operand, string input)
    {
        var output = $"{name}_applied";
        var tensor = new TensorProto { Name = name, DataType = (int)TensorProto.Types.DataType.Float, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(operand.AsSpan())) };
        tensor.Dims.Add(operand.Length);
        graph.Initializer.Add(tensor);
        var node = new NodeProto { OpType = operation, Name = output };
        node.Input.Add([input, name]);
        node.Output.Add(output);
        graph.Node.Add(node);
        return output;
    }

    private static NotSupportedException Refused(ITransformer transformer, string why) => new(
        $"{transformer.GetType().Name}, in front of the policy, cannot be expressed in ONNX: {why}. Export the policy alone with {nameof(PolicyTransformer)}.{nameof(PolicyTransformer.SaveOnnx)}, and feed it transformed observations.");
}
