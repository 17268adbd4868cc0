using DataType = Trpo.Onnx.Graph.Format.TensorProto.Types.DataType;

namespace Trpo.Onnx.Admission;

/// <summary>Rules of matrix products.</summary>
internal static class MatrixRules
{
    /// <summary>A product of matrices, with further dimensions in front that are broadcast.</summary>
    public static void Multiply(OperatorCall call)
    {
        var (left, right) = (Numbers(call, 0), Numbers(call, 1));
        if (left.Rank == 0 || right.Rank == 0)
            throw new InvalidDataException("it multiplies a scalar.");
        IReadOnlyList<Extent> rows = left.Rank == 1 ? [1, left.Shape[0]] : left.Shape;
        IReadOnlyList<Extent> columns = right.Rank == 1 ? [right.Shape[0], 1] : right.Shape;
        if (rows[^1] != columns[^2])
            throw Mismatch(left, right);
        var batch = ElementwiseRules.Broadcast([.. rows.SkipLast(2)], [.. columns.SkipLast(2)]);
        call.Spend(new TensorValue(left.Type, [.. batch, rows[^2], columns[^1]]).Count * rows[^1]);
        var shape = batch.ToList();
        if (left.Rank > 1)
            shape.Add(rows[^2]);
        if (right.Rank > 1)
            shape.Add(columns[^1]);
        call.Return(left.Like(shape));
    }

    /// <summary>A product of two matrices plus a third.</summary>
    public static void General(OperatorCall call)
    {
        var (left, right) = (Numbers(call, 0), Numbers(call, 1));
        if (left.Rank != 2 || right.Rank != 2)
            throw Mismatch(left, right);
        var (rows, inner) = call.Integer("transA", 0) == 0 ? (left.Shape[0], left.Shape[1]) : (left.Shape[1], left.Shape[0]);
        var (depth, columns) = call.Integer("transB", 0) == 0 ? (right.Shape[0], right.Shape[1]) : (right.Shape[1], right.Shape[0]);
        if (inner != depth)
            throw Mismatch(left, right);
        var result = left.Like([rows, columns]);
        if (call.Optional(2) is { } bias && !ElementwiseRules.Broadcast(result.Shape, bias.Shape).SequenceEqual(result.Shape))
            throw new InvalidDataException($"it adds {bias} to {result}.");
        call.Spend(result.Count * inner);
        call.Return(result);
    }

    // The products of other types are slow, and no policy has them.
    private static TensorValue Numbers(OperatorCall call, int index) => call.Input(index) is { Type: DataType.Float or DataType.Double } value
        ? value
        : throw new InvalidDataException($"its input {index} is {call.Input(index)}, and matrices are of the types {DataType.Float} and {DataType.Double}.");

    private static InvalidDataException Mismatch(TensorValue left, TensorValue right) => new($"it multiplies {left} and {right}, which do not match for every batch.");
}
