using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Trpo.Onnx.Spaces;

namespace Trpo.Onnx.Graph;

/// <summary>
/// Runs a model that takes raw columns on rows of zeros and empty texts: some faults of a graph show only when it runs, and that it
/// computes one row at a time only when it runs on two.
/// </summary>
internal static class GraphTrial
{
    private const long GreatestInput = 1 << 24;

    /// <exception cref="InvalidDataException">OnnxRuntime does not open or run the model, or its outputs are not what the metadata say.</exception>
    /// <exception cref="NotSupportedException">The model runs on one row, but not on two.</exception>
    public static void Run(byte[] model, PolicyMetadata metadata)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        InferenceSession session;
        try
        {
            session = new InferenceSession(model, options);
        }
        catch (OnnxRuntimeException exception)
        {
            throw new InvalidDataException($"OnnxRuntime does not open the policy with the preprocessing graph in front: {exception.Message}", exception);
        }

        using (session)
        {
            if (Fault(session, metadata, rows: 1) is { } fault)
                throw new InvalidDataException($"The policy with the preprocessing graph in front does not run on one row: {fault}");
            if (Fault(session, metadata, rows: 2) is { } second)
                throw new NotSupportedException($"The preprocessing graph works on one row, but not on two at once: {second}");
        }
    }

    private static string? Fault(InferenceSession session, PolicyMetadata metadata, int rows)
    {
        var actions = metadata.Actions;
        var inputs = new Dictionary<string, OrtValue>();
        try
        {
            foreach (var (name, input) in session.InputMetadata)
                inputs.Add(name, Blank(name, input, rows));
            using var run = new RunOptions();
            using var outputs = session.Run(run, inputs, [PolicyValues.Action, PolicyValues.Score]);
            return FaultOf(outputs[0], PolicyValues.Action, actions is BoxActionSpace ? TensorElementType.Float : TensorElementType.Int64, actions is DiscreteActionSpace ? [rows] : [rows, actions.Length])
                ?? FaultOf(outputs[1], PolicyValues.Score, TensorElementType.Float, [rows, actions.ScoreLength]);
        }
        catch (OnnxRuntimeException exception)
        {
            return exception.Message;
        }
        finally
        {
            foreach (var value in inputs.Values)
                value.Dispose();
        }
    }

    private static OrtValue Blank(string name, NodeMetadata input, int rows)
    {
        // A dimension whose size is open has one that the graph can compute with: as a rule, 1 is.
        long[] shape = [rows, .. input.Dimensions.Skip(1).Select(size => size < 0 ? 1L : size)];
        if (shape.Aggregate(1.0, (product, size) => product * size) > GreatestInput)
            throw new InvalidDataException($"The input '{name}' of the preprocessing graph has the size [{string.Join(", ", input.Dimensions)}], which is too large to try it out.");
        if (input.ElementDataType == TensorElementType.String)
            return OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, shape);
        var value = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, input.ElementDataType, shape);
        value.GetTensorMutableRawData().Clear();
        return value;
    }

    private static string? FaultOf(OrtValue output, string name, TensorElementType element, long[] shape)
    {
        var found = output.GetTensorTypeAndShape();
        return found.ElementDataType == element && found.Shape.AsSpan().SequenceEqual(shape)
            ? null
            : $"the output '{name}' is {found.ElementDataType}[{string.Join(", ", found.Shape)}] instead of {element}[{string.Join(", ", shape)}].";
    }
}
