using Google.Protobuf;
using Trpo.Onnx.Admission;
using Trpo.Onnx.Graph;
using Trpo.Onnx.Graph.Format;
using DataType = Trpo.Onnx.Graph.Format.TensorProto.Types.DataType;
using Dimension = Trpo.Onnx.Graph.Format.TensorShapeProto.Types.Dimension;

namespace Trpo.Onnx.Conversion;

/// <summary>An ONNX model that computes observations from raw columns, as ML.NET's converter writes it: read, pruned and admitted.</summary>
internal sealed class PreprocessingGraph
{
    private PreprocessingGraph(ModelProto model, string observation)
    {
        Model = model;
        Observation = observation;
    }

    /// <summary>The model. Its graph has no outputs, and only those inputs that the observation depends on.</summary>
    public ModelProto Model { get; }

    /// <summary>The name of the observation's value.</summary>
    public string Observation { get; }

    /// <summary>Reads a model.</summary>
    /// <param name="stream">The model, from the stream's position to its end.</param>
    /// <param name="column">The column of observations; the graph's output "column.output", as ML.NET names it, or else "column".</param>
    /// <param name="length">The number of columns of an observation.</param>
    /// <exception cref="ArgumentException">The stream cannot be read, or the graph has no such output of floats.</exception>
    /// <exception cref="InvalidDataException">The stream is empty, has no valid ONNX model, or one that is not admitted.</exception>
    /// <exception cref="NotSupportedException">The graph has a part that cannot be merged; the message names it.</exception>
    public static PreprocessingGraph Read(Stream stream, string column, int length)
    {
        var model = Parse(stream);
        var observation = ObservationOf(model.Graph, column, length);
        if (model.Functions.FirstOrDefault() is { } function)
            throw new NotSupportedException($"The preprocessing graph has a function of its own, '{function.Name}', which cannot be merged. Inline the functions first.");
        if (model.Graph.Node.FirstOrDefault(HasSubgraph) is { } control)
            throw new NotSupportedException($"The node '{control.Name}' ({control.OpType}) of the preprocessing graph has a graph of its own. A policy's graph has no control flow: its memory and its work have no bound.");
        GraphPruning.KeepOnly(model.Graph, observation);
        if (model.Graph.Input.Count == 0)
            throw new ArgumentException($"The output '{observation}' of the preprocessing graph depends on none of its inputs.");
        CheckConstants(model.Graph);
        foreach (var input in model.Graph.Input)
            Complete(input);
        Admit(model, observation, length);
        return new PreprocessingGraph(model, observation);
    }

    // The graph is not run, alone or merged, before its memory and its work are known to be bounded for every batch.
    private static void Admit(ModelProto model, string observation, int length)
    {
        var value = GraphAdmission.Check(model, length, GraphTrial.FreeDimension)[observation];
        if (value.Type != DataType.Float || !value.Shape.SequenceEqual([Extent.Batch, length]))
            throw new ArgumentException($"The output '{observation}' of the preprocessing graph is {value}, but the policy reads Float[N, {length}].");
    }

    private static bool HasSubgraph(NodeProto node) => node.Attribute.Any(attribute => attribute.G is not null || attribute.Graphs.Count > 0);

    private static ModelProto Parse(Stream stream)
    {
        if (!stream.CanRead)
            throw new ArgumentException("The stream of the preprocessing graph cannot be read.");
        var isRead = stream.CanSeek && stream.Position > 0 && stream.Position >= stream.Length;
        try
        {
            var model = ModelProto.Parser.ParseFrom(stream);
            if (model.CalculateSize() == 0)
                throw new InvalidDataException($"The stream of the preprocessing graph {(isRead ? "stands at its end. Set its Position to 0 after the graph was written to it" : "is empty")}.");
            if (model.Graph is null || model.Graph.Output.Count == 0 || model.IrVersion < 1)
                throw new InvalidDataException("The stream of the preprocessing graph has no ONNX model with a graph, outputs and an IR version.");
            return model;
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new InvalidDataException($"The stream of the preprocessing graph has no ONNX model, or a damaged one: {exception.Message}", exception);
        }
    }

    private static string ObservationOf(GraphProto graph, string column, int length)
    {
        var output = graph.Output.FirstOrDefault(output => output.Name == $"{column}.output") ?? graph.Output.FirstOrDefault(output => output.Name == column);
        if (output is null)
        {
            throw new ArgumentException(
                $"The preprocessing graph has no output '{column}.output' or '{column}', which is the column that the policy reads, but {string.Join(", ", graph.Output.Select(other => $"'{other.Name}'"))}.");
        }

        var tensor = output.Type?.TensorType;
        var fits = output.Type is null || (tensor is { ElemType: (int)DataType.Float } && Fits(tensor.Shape, length));
        return fits
            ? output.Name
            : throw new ArgumentException($"The output '{output.Name}' of the preprocessing graph is {Describe(tensor)}, but the policy reads Float[N, {length}].");
    }

    private static bool Fits(TensorShapeProto? shape, int length) =>
        shape is null || (shape.Dim.Count == 2 && (IsOpen(shape.Dim[1]) || shape.Dim[1].DimValue == length));

    private static void CheckConstants(GraphProto graph)
    {
        if (graph.SparseInitializer.FirstOrDefault() is { } sparse)
            throw new NotSupportedException($"The constant '{GraphTraversal.NameOf(sparse)}' of the preprocessing graph is sparse, which is not supported. Convert it to a dense one.");
        var outside = GraphTraversal.Tensors(graph).FirstOrDefault(tensor => tensor.DataLocation == TensorProto.Types.DataLocation.External || tensor.ExternalData.Count > 0);
        if (outside is not null)
            throw new NotSupportedException($"The values of the constant '{outside.Name}' of the preprocessing graph are in another file. Save the graph with its data inside.");
    }

    // Dimensions that ML.NET leaves open or writes as 1 or -1: the number of rows gets the symbolic name that policies have, and the others become unknown.
    private static void Complete(ValueInfoProto input)
    {
        if (input.Type?.TensorType is not { } tensor)
            throw new NotSupportedException($"The input '{input.Name}' of the preprocessing graph is not a tensor, which is not supported.");
        if (tensor.Shape?.Dim.FirstOrDefault() is not { } rows || (!IsOpen(rows) && rows.DimValue != 1))
            throw new NotSupportedException($"The input '{input.Name}' of the preprocessing graph is {Describe(tensor)}, whose first dimension is not the number of rows. Convert it from a data view.");
        rows.DimParam = OnnxGraphBuilder.BatchSize;
        foreach (var dimension in tensor.Shape.Dim.Skip(1).Where(IsOpen))
            dimension.ClearValue();
        if (input.DocString.Length == 0)
            input.DocString = $"The column '{input.Name}' of the raw data.";
    }

    private static bool IsOpen(Dimension dimension) => dimension.ValueCase != Dimension.ValueOneofCase.DimValue || dimension.DimValue < 1;

    private static string Describe(TypeProto.Types.Tensor? tensor) => tensor is null
        ? "no tensor"
        : $"{(DataType)tensor.ElemType}[{string.Join(", ", tensor.Shape?.Dim.Select(dimension => IsOpen(dimension) ? "?" : $"{dimension.DimValue}") ?? ["..."])}]";
}
