using Microsoft.ML.OnnxRuntime;
using Trpo.Runtime.Graph;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Support;

/// <summary>The results of OnnxRuntime for rows, without anything of this library around it.</summary>
internal sealed class OnnxReference
{
    /// <param name="onnx">The bytes of a policy.</param>
    /// <param name="inputs">The numbers of each input, row-major.</param>
    /// <param name="rows">The number of rows.</param>
    public OnnxReference(byte[] onnx, IReadOnlyDictionary<string, float[]> inputs, int rows)
    {
        var metadata = PolicyMetadata.FromOnnx(onnx);
        using var session = new InferenceSession(onnx);
        using var options = new RunOptions();
        var values = inputs.ToDictionary(input => input.Key, input => OrtValue.CreateTensorValueFromMemory(input.Value, [rows, input.Value.Length / rows]));
        string[] names = [PolicyValues.Score, PolicyValues.Action, .. session.OutputMetadata.Keys.Where(name => name == PolicyValues.LogStandardDeviation)];
        using var outputs = session.Run(options, values, names);
        Scores = outputs[0].GetTensorDataAsSpan<float>().ToArray();
        Actions = metadata.Actions is BoxActionSpace ? outputs[1].GetTensorDataAsSpan<float>().ToArray() : [.. outputs[1].GetTensorDataAsSpan<long>().ToArray().Select(index => (float)index)];
        LogStandardDeviations = outputs.Count > 2 ? outputs[2].GetTensorDataAsSpan<float>().ToArray() : [];
        foreach (var value in values.Values)
            value.Dispose();
    }

    /// <summary>The scores, <c>[N, ScoreLength]</c>.</summary>
    public float[] Scores { get; }

    /// <summary>The actions, <c>[N, k]</c>.</summary>
    public float[] Actions { get; }

    /// <summary>The logarithms of the standard deviations, <c>[N, k]</c>; empty where the graph has none.</summary>
    public float[] LogStandardDeviations { get; }
}
