using Google.Protobuf.Collections;
using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Onnx.Graph;
using Trpo.Onnx.Graph.Format;
using Trpo.Onnx.Rows;
using Trpo.Runtime.Graph;
using Trpo.Runtime.Spaces;

namespace Trpo.Onnx.Conversion;

/// <summary>
/// Converts a policy and the transforms in front of it to one ONNX graph, which takes the raw columns. A transform that the policy depends on and
/// that cannot be expressed is refused by name, so that no graph omits a part of the model.
/// </summary>
internal static class ChainExport
{
    /// <summary>Converts a chain.</summary>
    /// <param name="before">The transformers in front of the policy.</param>
    /// <param name="policy">The policy.</param>
    /// <param name="inputSchema">The raw columns; null for those that training recorded.</param>
    /// <param name="open">Opens a model as a policy, to check it.</param>
    /// <exception cref="NotSupportedException">A transform of the chain cannot be expressed; the message names it and its column.</exception>
    /// <exception cref="ArgumentException">The types of the raw columns are not known, or the model does not take them.</exception>
    public static byte[] ToOnnx(IReadOnlyList<ITransformer> before, PolicyGraph policy, DataViewSchema? inputSchema, Action<byte[]> open)
    {
        var column = policy.ObservationColumn;
        var plan = ChainPlan.Of(before, column);
        if (plan.Stages.Count == 0)
            return policy.Onnx.ToArray();

        var schema = RawColumns.Resolve(plan, policy.Metadata, inputSchema);
        var isPolicy = plan.RawColumns is [var only] && RawColumns.IsObservation(schema.GetColumnOrNull(only));
        var model = ModelProto.Parser.ParseFrom(policy.Onnx.Span);
        string[] inputs = isPolicy ? [PolicyValues.Observation] : InputNames.Of(plan.RawColumns, model.Graph.Output.Select(output => output.Name));
        var values = new PolicyGraphValues(model.Graph, inputs);
        var graph = new ChainGraph(values.Prefix);
        var converter = new ChainConverter(graph, schema);
        foreach (var (raw, name) in plan.RawColumns.Zip(inputs))
            converter.AddInput(raw, name);
        foreach (var stage in plan.All)
            converter.Add(stage);
        var observation = converter.Observation(column, policy.Metadata.Observations.Length);
        if (!plan.Stages.Any(stage => stage.Conversion is not null) && isPolicy)
            return policy.Onnx.ToArray();

        values.Rename(observation.Value);
        var count = graph.Nodes.Count;
        MissingGuard.Add(graph, policy.Metadata, observation.Value, values.Score, values.Action);
        model.Graph.Node.Add(graph.Nodes[count..]);
        Prepend(model.Graph.Node, graph.Nodes[..count]);
        model.Graph.Initializer.Add(graph.Constants);
        model.Graph.Input.Clear();
        model.Graph.Input.Add(graph.Inputs);
        foreach (var operators in graph.OperatorSets.Where(set => model.OpsetImport.All(present => present.Domain != set.Domain)))
            model.OpsetImport.Add(operators);
        Describe(model, policy.Metadata, [.. plan.RawColumns.Select(name => schema[name])], isPolicy);
        return Checked(SealedModel.Seal(model), isPolicy ? open : bytes => GraphTrial.Run(bytes, policy.Metadata));
    }

    private static void Prepend(RepeatedField<NodeProto> nodes, IEnumerable<NodeProto> first)
    {
        var policy = nodes.ToList();
        nodes.Clear();
        nodes.Add(first);
        nodes.Add(policy);
    }

    // The metadata of a graph that can be opened as a policy describes its new input.
    private static void Describe(ModelProto model, PolicyMetadata metadata, IReadOnlyList<DataViewSchema.Column> raw, bool isPolicy)
    {
        var observations = metadata.Observations;
        if (isPolicy && ((VectorDataViewType)raw[0].Type).Size is var length && length != observations.Length)
            observations = ObservationSpace.Unbounded(length, [.. DataViewColumns.GetSlotNames(raw[0])]);
        var described = new PolicyMetadata(observations, metadata.Actions, metadata.Provenance, raw.Select(PolicySchema.GetInputColumn).OfType<PolicyInputColumn>()) { HasActionMask = metadata.HasActionMask, MarksMissing = true };
        SealedModel.Describe(model, described);
    }

    // No graph is returned that could not be opened again.
    private static byte[] Checked(byte[] bytes, Action<byte[]> check)
    {
        try
        {
            check(bytes);
            return bytes;
        }
        catch (InvalidDataException exception)
        {
            throw new NotSupportedException($"The transforms in front of the policy give a graph that OnnxRuntime does not run: {exception.Message}", exception);
        }
    }
}
