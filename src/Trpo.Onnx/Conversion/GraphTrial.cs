using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Trpo.Onnx.Runtime;
using Trpo.Runtime.Graph;
using Trpo.Runtime.Spaces;

namespace Trpo.Onnx.Conversion;

/// <summary>
/// A trial run of a model that takes raw columns, on made-up rows. Some errors of a graph show only when it runs. Running rows alone and together
/// shows that each result depends on one row only. The model's memory and work are bounded before: it is made of exported transforms or admitted.
/// </summary>
internal sealed class GraphTrial
{
    private const long MaxInputValues = 1 << 24;
    private const float Tolerance = 1e-4f;

    /// <summary>The size of dimensions that a graph leaves open; 1 works for most graphs.</summary>
    public const long FreeDimension = 1;

    // The texts and integers of the two rows, which may be categories that a graph looks up, or text that it parses.
    private static readonly (string[] Text, byte[] Whole)[] Palettes = [(["", "a"], [0, 1]), (["0", "1"], [0, 1]), (["", ""], [0, 0]), (["0", "0"], [0, 0])];

    private readonly InferenceSession _session;
    private readonly ActionSpace _actions;

    private GraphTrial(InferenceSession session, ActionSpace actions)
    {
        _session = session;
        _actions = actions;
    }

    /// <summary>Runs a model on made-up rows.</summary>
    /// <exception cref="InvalidDataException">OnnxRuntime does not open or run the model, or its outputs do not match the metadata.</exception>
    /// <exception cref="NotSupportedException">The results of a row do not depend on that row alone.</exception>
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
        string? first = null;
        foreach (var (text, whole) in Palettes)
        {
            if (Fault(text, whole) is not { } fault)
                return;
            first ??= fault;
        }

        throw new InvalidDataException($"The policy with the preprocessing graph in front does not run on made-up rows (of small numbers, 0 and 1, and empty and short texts): {first}");
    }

    // The reason why not even one row can be computed; an exception if rows can be computed alone but not together.
    private string? Fault(string[] text, byte[] whole)
    {
        Outcome Of(params ReadOnlySpan<int> rows) => Compute(text, whole, rows);
        var (first, second) = (Of(0), Of(1));
        if ((first.Fault ?? second.Fault) is { } fault)
            return fault;
        var (together, reversed) = (Of(0, 1), Of(1, 0));
        if ((together.Fault ?? reversed.Fault) is { } beside)
            throw new NotSupportedException($"The preprocessing graph works on one row, but not on two at once: {beside}");
        if (!IsSame([.. first.Scores, .. second.Scores], together.Scores) || !IsSame([.. second.Scores, .. first.Scores], reversed.Scores))
            throw new NotSupportedException("The preprocessing graph computes a different result for a row if there are other rows: a policy decides on each row alone.");
        return null;
    }

    // Runs some of the made-up rows.
    private Outcome Compute(string[] text, byte[] whole, ReadOnlySpan<int> rows)
    {
        var inputs = new Dictionary<string, OrtValue>();
        try
        {
            foreach (var (name, input) in _session.InputMetadata)
                inputs.Add(name, MadeUp(name, input, rows, text, whole));
            using var run = new RunOptions();
            using var outputs = _session.Run(run, inputs, [PolicyValues.Action, PolicyValues.Score]);
            var fault = FaultOf(outputs[0], PolicyValues.Action, _actions is BoxActionSpace ? TensorElementType.Float : TensorElementType.Int64, _actions is DiscreteActionSpace ? [rows.Length] : [rows.Length, _actions.Length])
                ?? FaultOf(outputs[1], PolicyValues.Score, TensorElementType.Float, [rows.Length, _actions.ScoreLength]);
            return new Outcome(fault, fault is null ? outputs[1].GetTensorDataAsSpan<float>().ToArray() : []);
        }
        catch (OnnxRuntimeException exception)
        {
            return new Outcome(exception.Message, []);
        }
        finally
        {
            foreach (var value in inputs.Values)
                value.Dispose();
        }
    }

    private static bool IsSame(float[] expected, float[] actual) =>
        expected.Zip(actual).All(pair => pair.First.Equals(pair.Second) || Math.Abs(pair.First - pair.Second) <= Tolerance * (1 + Math.Abs(pair.First)));

    private static OrtValue MadeUp(string name, NodeMetadata input, ReadOnlySpan<int> rows, string[] text, byte[] whole)
    {
        long[] shape = [rows.Length, .. input.Dimensions.Skip(1).Select(size => size < 0 ? FreeDimension : size)];
        if (shape.Aggregate(1.0, (product, size) => product * size) > MaxInputValues)
            throw new InvalidDataException($"The input '{name}' of the preprocessing graph has the size [{string.Join(", ", input.Dimensions)}], which is too large to try it out.");
        var length = (int)(shape.Aggregate(1L, (product, size) => product * size) / rows.Length);
        if (input.ElementDataType == TensorElementType.String)
        {
            var texts = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, shape);
            for (var i = 0; i < rows.Length * length; i++)
                texts.StringTensorSetElementAt(text[rows[i / length]], i);
            return texts;
        }

        var value = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, input.ElementDataType, shape);
        var bytes = value.GetTensorMutableRawData();
        bytes.Clear();
        var size = bytes.Length / Math.Max(1, rows.Length * length);
        for (var i = 0; i < rows.Length * length; i++)
        {
            var row = rows[i / length];
            var element = bytes.Slice(i * size, size);
            var number = (row == 0 ? 0.25 : -0.75) + (0.01 * (i % length));
            if (input.ElementDataType == TensorElementType.Float)
                BitConverter.TryWriteBytes(element, (float)number);
            else if (input.ElementDataType == TensorElementType.Double)
                BitConverter.TryWriteBytes(element, number);
            else
                element[0] = whole[row];
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

    private readonly record struct Outcome(string? Fault, float[] Scores);
}
