using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Trpo.Tests.Support;

/// <summary>Runs a model with raw columns by OnnxRuntime alone.</summary>
internal static class RawRun
{
    /// <summary>Every output, row-major; the names of the inputs must be those of the model.</summary>
    public static Dictionary<string, float[]> Run(byte[] model, int rows, params (string Name, Array Values)[] columns)
    {
        using var session = new InferenceSession(model);
        using var run = new RunOptions();
        var inputs = columns.ToDictionary(column => column.Name, column => Tensor(column.Values, rows));
        using var outputs = session.Run(run, inputs, session.OutputNames);
        foreach (var input in inputs.Values)
            input.Dispose();
        return session.OutputNames.Zip(outputs).ToDictionary(output => output.First, output => Numbers(output.Second));
    }

    private static OrtValue Tensor(Array values, int rows)
    {
        long[] shape = [rows, values.Length / rows];
        if (values is float[] numbers)
            return OrtValue.CreateTensorValueFromMemory(numbers, shape);
        var texts = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, shape);
        for (var i = 0; i < values.Length; i++)
            texts.StringTensorSetElementAt(((string[])values)[i], i);
        return texts;
    }

    private static float[] Numbers(OrtValue value) => value.GetTensorTypeAndShape().ElementDataType == TensorElementType.Int64
        ? [.. value.GetTensorDataAsSpan<long>().ToArray().Select(number => (float)number)]
        : value.GetTensorDataAsSpan<float>().ToArray();
}
