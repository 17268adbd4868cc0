using DataType = Trpo.Onnx.Graph.Format.TensorProto.Types.DataType;

namespace Trpo.Onnx.Admission;

/// <summary>Rules of operators that compute each element on its own, or each row of a shape that stays.</summary>
internal static class ElementwiseRules
{
    // Operations of about a nanosecond in a function such as exp, and in the text of a number.
    private const long FunctionWork = 16;
    private const long TextWork = 256;
    private const int NumberLength = 32;

    /// <summary>An output of the first input's type and shape.</summary>
    public static void Same(OperatorCall call)
    {
        var value = call.Input(0);
        if (call.OutputCount > 1)
            throw new InvalidDataException($"it has {call.OutputCount} outputs, and one is admitted.");
        call.Spend(value.Count * FunctionWork);
        call.Return(value.Like(value.Shape));
    }

    /// <summary>The first input itself.</summary>
    public static void Identity(OperatorCall call) => call.Return(call.Input(0));

    /// <summary>A truth for each element.</summary>
    public static void Test(OperatorCall call) => call.Return(DataType.Bool, call.Input(0).Shape);

    /// <summary>The first input in another type.</summary>
    public static void Cast(OperatorCall call)
    {
        var (value, type) = (call.Input(0), (DataType)call.Integer("to", 0));
        var known = value.Type is DataType.Int64 or DataType.Int32 && type is DataType.Int64 or DataType.Int32 ? value.Known : null;
        if (value.IsText || type == DataType.String)
            call.Spend(value.Count * TextWork);
        call.Return(new TensorValue(type, value.Shape, known, type == DataType.String ? Math.Max(value.TextLength, NumberLength) : 0));
    }

    /// <summary>A result for each element of inputs that are broadcast.</summary>
    public static void Arithmetic(OperatorCall call)
    {
        var shape = Broadcast(call, 0);
        call.Spend(new TensorValue(DataType.Float, shape).Count * (call.Operation is "Pow" or "Mod" ? FunctionWork : call.InputCount));
        call.Return(call.Input(0).Like(shape, Computed(call)));
    }

    /// <summary>A truth for each element of inputs that are broadcast.</summary>
    public static void Compare(OperatorCall call) => call.Return(DataType.Bool, Broadcast(call, 0));

    /// <summary>An element of one of two inputs, by a third.</summary>
    public static void Where(OperatorCall call)
    {
        var (first, second) = (call.Input(1), call.Input(2));
        call.Return(new TensorValue(first.Type, Broadcast(call, 0), textLength: Math.Max(first.TextLength, second.TextLength)));
    }

    /// <summary>Returns the common shape of two that are broadcast.</summary>
    /// <exception cref="InvalidDataException">They do not match for every batch.</exception>
    public static IReadOnlyList<Extent> Broadcast(IReadOnlyList<Extent> first, IReadOnlyList<Extent> second)
    {
        var shape = new Extent[Math.Max(first.Count, second.Count)];
        for (var i = 1; i <= shape.Length; i++)
        {
            var (left, right) = (i <= first.Count ? first[^i] : 1, i <= second.Count ? second[^i] : 1);
            shape[^i] = left == right || right == 1 ? left
                : left == 1 ? right
                : throw new InvalidDataException($"the shapes [{string.Join(", ", first)}] and [{string.Join(", ", second)}] do not match for every batch.");
        }

        return shape;
    }

    private static IReadOnlyList<Extent> Broadcast(OperatorCall call, int from) =>
        Enumerable.Range(from, call.InputCount - from).Select(index => call.Input(index).Shape).Aggregate(Broadcast);

    // Sums and products of shapes.
    private static Extent[]? Computed(OperatorCall call)
    {
        if (call.InputCount != 2 || call.Input(0).Known is not { } left || call.Input(1).Known is not { } right)
            return null;
        if (call.Input(0).Rank > 1 || call.Input(1).Rank > 1 || (left.Count != right.Count && left.Count != 1 && right.Count != 1))
            return null;
        var result = new Extent[Math.Max(left.Count, right.Count)];
        for (var i = 0; i < result.Length; i++)
        {
            var (a, b) = (left[left.Count == 1 ? 0 : i], right[right.Count == 1 ? 0 : i]);
            switch (call.Operation)
            {
                case "Add":
                    result[i] = a + b;
                    break;
                case "Sub":
                    result[i] = a - b;
                    break;
                case "Mul":
                    result[i] = a * b;
                    break;
                default:
                    return null;
            }
        }

        return result;
    }
}
