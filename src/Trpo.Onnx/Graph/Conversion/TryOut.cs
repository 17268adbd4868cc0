using Microsoft.ML.OnnxRuntime;
using Trpo.Onnx.Graph.Format;
using DataType = Trpo.Onnx.Graph.Format.TensorProto.Types.DataType;

namespace Trpo.Onnx.Graph.Conversion;

/// <summary>Runs a graph of raw columns on a row of zeros and empty texts: some faults of a graph show only when it runs.</summary>
internal static class TryOut
{
    /// <exception cref="OnnxRuntimeException">OnnxRuntime does not open the graph, or does not run it.</exception>
    public static void Run(byte[] model, IEnumerable<ValueInfoProto> inputs)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        using var session = new InferenceSession(model, options);
        using var run = new RunOptions();
        var names = new List<string>();
        var values = new List<OrtValue>();
        try
        {
            foreach (var input in inputs)
            {
                var tensor = input.Type.TensorType;
                names.Add(input.Name);
                values.Add(Zeros((DataType)tensor.ElemType, [1, tensor.Shape.Dim[1].DimValue]));
            }

            using var outputs = session.Run(run, names, values, [PolicyValues.Action, PolicyValues.Score]);
        }
        finally
        {
            foreach (var value in values)
                value.Dispose();
        }
    }

    private static OrtValue Zeros(DataType type, long[] shape) => type == DataType.String
        ? OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, shape)
        : OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, (Microsoft.ML.OnnxRuntime.Tensors.TensorElementType)(int)type, shape);
}
