using System.Collections.Immutable;
using Trpo.Onnx.Graph;
using Trpo.Onnx.Graph.Format;
using Trpo.Runtime.Graph;
using DataType = Trpo.Onnx.Graph.Format.TensorProto.Types.DataType;

namespace Trpo.Onnx.Columns;

/// <summary>The inputs of a policy's graph: the one observation, or the raw columns of the transforms that were exported with it.</summary>
internal static class GraphInputs
{
    // Of images of 4,096 by 4,096 pixels in four colours, and more than any row has.
    private const long MaxLength = 1 << 26;

    /// <summary>Returns the inputs of a graph.</summary>
    /// <exception cref="InvalidDataException">An input is no tensor of rows of a known type and length.</exception>
    public static ImmutableArray<GraphInput> Of(GraphProto graph, PolicyMetadata metadata)
    {
        var constants = graph.Initializer.Select(tensor => tensor.Name).ToHashSet(StringComparer.Ordinal);
        ValueInfoProto[] inputs = [.. graph.Input.Where(input => !constants.Contains(input.Name))];
        if (inputs is [{ Name: PolicyValues.Observation } only] && IsObservation(only, metadata))
            return [new GraphInput(only.Name, Observation(only, metadata)) { IsObservation = true }];

        // Columns with names that a graph cannot have, or that an output has, have others in the graph.
        string[] names = [.. metadata.InputColumns.Select(column => column.Name)];
        var columns = InputNames.Of(names, graph.Output.Select(output => output.Name)).Zip(metadata.InputColumns).ToDictionary(pair => pair.First, pair => pair.Second);
        return inputs.Length == 0 ? throw new InvalidDataException("The graph has no input.") : [.. inputs.Select(input => Of(input, columns.GetValueOrDefault(input.Name)))];
    }

    // A raw column may have that name too, in front of transforms that the graph has.
    private static bool IsObservation(ValueInfoProto input, PolicyMetadata metadata)
    {
        var (type, length) = (TypeOf(input), LengthOf(input));
        if (type == DataType.Float && length == metadata.Observations.Length)
            return true;
        return metadata.MarksMissing
            ? false
            : throw new InvalidDataException($"The graph's input '{input.Name}' is {type}[N, {length}], but the metadata says {DataType.Float}[N, {metadata.Observations.Length}].");
    }

    private static PolicyInputColumn Observation(ValueInfoProto input, PolicyMetadata metadata) =>
        metadata.InputColumns is [{ Type: PolicyInputType.Single } column] && (column.Length ?? 1) == LengthOf(input) ? column : new PolicyInputColumn(input.Name, PolicyInputType.Single, LengthOf(input));

    // A graph that was put in front of a policy need not take what the policy was trained on: the graph decides, and the metadata say more where both agree.
    private static GraphInput Of(ValueInfoProto input, PolicyInputColumn? column)
    {
        var (type, length) = (TypeOf(input), LengthOf(input));
        var plain = new PolicyInputColumn(column?.Name ?? input.Name, ColumnTypeOf(type, input), length == 1 ? null : length);
        if (column is null || (column.Length ?? 1) != length)
            return new GraphInput(input.Name, plain);
        if (column.Type == PolicyInputType.Key && type is (DataType.Int64 or DataType.Uint32))
            return new GraphInput(input.Name, column, IsNarrow: type == DataType.Uint32);
        return new GraphInput(input.Name, column.Type == plain.Type ? column : plain);
    }

    private static DataType TypeOf(ValueInfoProto input) => input.Type?.TensorType is { } tensor ? (DataType)tensor.ElemType : throw new InvalidDataException($"The graph's input '{input.Name}' is no tensor.");

    private static int LengthOf(ValueInfoProto input)
    {
        var dimensions = input.Type.TensorType.Shape?.Dim;
        if (dimensions is [{ DimValue: 0 }, { DimValue: > MaxLength } large])
            throw new InvalidDataException($"The graph's input '{input.Name}' has {large.DimValue} values in a row, and {MaxLength} are the maximum.");
        if (dimensions is not [{ DimValue: 0 }, { DimValue: > 0 } length])
            throw new InvalidDataException($"The graph's input '{input.Name}' is not [N, k], a number of rows of a known length, and cannot be set row by row: run the graph with OnnxRuntime's InferenceSession.");
        return (int)length.DimValue;
    }

    private static PolicyInputType ColumnTypeOf(DataType type, ValueInfoProto input) => type switch
    {
        DataType.Float => PolicyInputType.Single,
        DataType.Double => PolicyInputType.Double,
        DataType.String => PolicyInputType.Text,
        DataType.Bool => PolicyInputType.Boolean,
        DataType.Int8 => PolicyInputType.SByte,
        DataType.Uint8 => PolicyInputType.Byte,
        DataType.Int16 => PolicyInputType.Int16,
        DataType.Uint16 => PolicyInputType.UInt16,
        DataType.Int32 => PolicyInputType.Int32,
        DataType.Uint32 => PolicyInputType.UInt32,
        DataType.Int64 => PolicyInputType.Int64,
        DataType.Uint64 => PolicyInputType.UInt64,
        _ => throw new InvalidDataException($"The graph's input '{input.Name}' has values of the type {type}, which no column has."),
    };
}
