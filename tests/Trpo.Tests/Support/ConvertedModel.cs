using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;

namespace Trpo.Tests.Support;

/// <summary>A model that ML.NET's own converter made an ONNX graph of, and its run in OnnxRuntime beside the model.</summary>
internal static class ConvertedModel
{
    /// <summary>Converts a model, and runs model and graph on the same rows.</summary>
    /// <returns>The values of the columns, row by row, as the model and as the graph compute them; keys and text as numbers and text.</returns>
    public static (Dictionary<string, object[]> Model, Dictionary<string, object[]> Graph) Run(MLContext ml, ITransformer model, IDataView data, params string[] columns)
    {
        var graph = ToOnnx(ml, model, data);
        return (columns.ToDictionary(name => name, name => Column(model.Transform(data), name)), RunGraph(graph, data, columns));
    }

    public static byte[] ToOnnx(MLContext ml, ITransformer model, IDataView data)
    {
        using var stream = new MemoryStream();
        ml.Model.ConvertToOnnx(model, data, stream);
        return stream.ToArray();
    }

    /// <summary>Runs a graph on the columns of a view that it takes.</summary>
    public static Dictionary<string, object[]> RunGraph(byte[] graph, IDataView data, params string[] columns)
    {
        using var session = new InferenceSession(graph);
        using var options = new RunOptions();
        var inputs = session.InputMetadata.Keys.ToDictionary(name => name, name => Tensor(data, name));
        string[] names = [.. columns.Select(column => $"{column}.output")];
        using var outputs = session.Run(options, inputs, names);
        foreach (var input in inputs.Values)
            input.Dispose();
        return columns.Zip(outputs).ToDictionary(pair => pair.First, pair => Numbers(pair.Second));
    }

    /// <summary>The values of a column, one after the other.</summary>
    public static object[] Column(IDataView data, string name)
    {
        var type = data.Schema[name].Type;
        return type switch
        {
            KeyDataViewType => [.. data.GetColumn<uint>(name).Cast<object>()],
            TextDataViewType => [.. data.GetColumn<string>(name)],
            VectorDataViewType => [.. data.GetColumn<float[]>(name).SelectMany(row => row).Cast<object>()],
            _ when type == NumberDataViewType.Single => [.. data.GetColumn<float>(name).Cast<object>()],
            _ => throw new ArgumentException($"No test reads columns of {type}."),
        };
    }

    private static OrtValue Tensor(IDataView data, string name)
    {
        var column = Column(data, name);
        var rows = data.Schema[name].Type is VectorDataViewType vector ? column.Length / vector.Size : column.Length;
        long[] shape = [rows, column.Length / rows];
        if (column is not string[] texts)
            return OrtValue.CreateTensorValueFromMemory([.. column.Cast<float>()], shape);
        var tensor = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, shape);
        for (var i = 0; i < texts.Length; i++)
            tensor.StringTensorSetElementAt(texts[i], i);
        return tensor;
    }

    private static object[] Numbers(OrtValue value) => value.GetTensorTypeAndShape().ElementDataType switch
    {
        Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.UInt32 => [.. value.GetTensorDataAsSpan<uint>().ToArray().Cast<object>()],
        Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.String => value.GetStringTensorAsArray(),
        _ => [.. value.GetTensorDataAsSpan<float>().ToArray().Cast<object>()],
    };
}
