using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Trpo.Onnx.Runtime;
using Trpo.Onnx.Spaces;

namespace Trpo.Onnx.Graph.Conversion;

/// <summary>
/// Runs a model that takes raw columns on made-up rows: some faults of a graph show only when it runs, and that it computes one row at a
/// time, or takes other rows or chance into account, only when it runs again with another row.
/// </summary>
internal sealed class GraphTrial
{
    private const long GreatestInput = 1 << 24;
    private const float Tolerance = 1e-4f;

    private readonly InferenceSession _session;
    private readonly ActionSpace _actions;

    private GraphTrial(InferenceSession session, ActionSpace actions)
    {
        _session = session;
        _actions = actions;
    }

    /// <exception cref="InvalidDataException">OnnxRuntime does not open or run the model, or its outputs are not what the metadata say.</exception>
    /// <exception cref="NotSupportedException">What the model computes of a row is not a matter of that row alone.</exception>
    public static void Run(byte[] model, PolicyMetadata metadata)
    {
        using var options = SessionSettings.Create();
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
            new GraphTrial(session, metadata.Actions).Run();
    }

    private void Run()
    {
        var (fault, alone) = Score(rows: 1);
        if (fault is not null)
            throw new InvalidDataException($"The policy with the preprocessing graph in front does not run on one row: {fault}");
        if (!IsSame(alone, Score(rows: 1).Score))
            throw new NotSupportedException("The preprocessing graph computes something else of the same row each time: it draws at random.");
        (fault, var accompanied) = Score(rows: 2);
        if (fault is not null)
            throw new NotSupportedException($"The preprocessing graph works on one row, but not on two at once: {fault}");
        if (!IsSame(alone, accompanied))
            throw new NotSupportedException("The preprocessing graph computes something else of a row where another row is beside it: a policy decides on each row alone.");
    }

    // What is wrong, or the score of the first row.
    private (string? Fault, float[] Score) Score(int rows)
    {
        var inputs = new Dictionary<string, OrtValue>();
        try
        {
            foreach (var (name, input) in _session.InputMetadata)
                inputs.Add(name, MadeUp(name, input, rows));
            using var run = new RunOptions();
            using var outputs = _session.Run(run, inputs, [PolicyValues.Action, PolicyValues.Score]);
            var fault = FaultOf(outputs[0], PolicyValues.Action, _actions is BoxActionSpace ? TensorElementType.Float : TensorElementType.Int64, _actions is DiscreteActionSpace ? [rows] : [rows, _actions.Length])
                ?? FaultOf(outputs[1], PolicyValues.Score, TensorElementType.Float, [rows, _actions.ScoreLength]);
            return fault is null ? (null, outputs[1].GetTensorDataAsSpan<float>()[.._actions.ScoreLength].ToArray()) : (fault, []);
        }
        catch (OnnxRuntimeException exception)
        {
            return (exception.Message, []);
        }
        finally
        {
            foreach (var value in inputs.Values)
                value.Dispose();
        }
    }

    private static bool IsSame(float[] expected, float[] actual) =>
        expected.Zip(actual).All(pair => pair.First.Equals(pair.Second) || Math.Abs(pair.First - pair.Second) <= Tolerance * (1 + Math.Abs(pair.First)));

    // Every row differs from the others; whole numbers and text may be categories, so that they are 0 and 1, and none and some.
    private static OrtValue MadeUp(string name, NodeMetadata input, int rows)
    {
        // A dimension whose size is open has one that the graph can compute with: as a rule, 1 is.
        long[] shape = [rows, .. input.Dimensions.Skip(1).Select(size => size < 0 ? 1L : size)];
        if (shape.Aggregate(1.0, (product, size) => product * size) > GreatestInput)
            throw new InvalidDataException($"The input '{name}' of the preprocessing graph has the size [{string.Join(", ", input.Dimensions)}], which is too large to try it out.");
        var length = (int)(shape.Aggregate(1L, (product, size) => product * size) / rows);
        if (input.ElementDataType == TensorElementType.String)
        {
            var text = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, shape);
            for (var i = length; i < rows * length; i++)
                text.StringTensorSetElementAt(i.ToString(CultureInfo.InvariantCulture), i);
            return text;
        }

        var value = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, input.ElementDataType, shape);
        var bytes = value.GetTensorMutableRawData();
        bytes.Clear();
        var size = bytes.Length / Math.Max(1, rows * length);
        for (var i = 0; i < rows * length; i++)
        {
            var row = i / length;
            var element = bytes.Slice(i * size, size);
            var number = (0.25 * (row + 1)) + (0.01 * (i % length));
            if (input.ElementDataType == TensorElementType.Float)
                BitConverter.TryWriteBytes(element, (float)number);
            else if (input.ElementDataType == TensorElementType.Double)
                BitConverter.TryWriteBytes(element, number);
            else
                element[0] = (byte)row;
        }

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
