using DataType = Trpo.Onnx.Graph.Format.TensorProto.Types.DataType;

namespace Trpo.Onnx.Admission;

/// <summary>Rules of operators that reduce dimensions or select among their elements.</summary>
internal static class ReductionRules
{
    private const long ReductionWork = 4;
    private const long SortWork = 64;

    /// <summary>A sum, mean, norm or extreme over some dimensions, or over all.</summary>
    public static void Reduce(OperatorCall call)
    {
        var value = call.Input(0);
        var axes = call.Integers("axes", 1);
        call.Spend(value.Count * ReductionWork);
        if (axes is null or { Count: 0 } && call.Integer("noop_with_empty_axes", 0) != 0)
        {
            call.Return(value.Like(value.Shape));
            return;
        }

        var reduced = axes is null or { Count: 0 } ? [.. Enumerable.Range(0, value.Rank)] : axes.Select(axis => OperatorCall.Axis(axis, value.Rank)).ToHashSet();
        call.Return(value.Like(Without(value.Shape, reduced, call.Integer("keepdims", 1) != 0)));
    }

    /// <summary>The index of an extreme over one dimension.</summary>
    public static void Index(OperatorCall call)
    {
        var value = call.Input(0);
        var axis = OperatorCall.Axis(call.Integer("axis", 0), value.Rank);
        call.Spend(value.Count * ReductionWork);
        call.Return(DataType.Int64, Without(value.Shape, [axis], call.Integer("keepdims", 1) != 0));
    }

    /// <summary>The largest or smallest elements of one dimension, and their indices.</summary>
    public static void Top(OperatorCall call)
    {
        var value = call.Input(0);
        var axis = OperatorCall.Axis(call.Integer("axis", -1), value.Rank);
        var count = call.Integers("k", 1) is [var listed] ? listed : call.Integer("k", -1);
        if (!value.Shape[axis].IsFixed || count < 0 || count > value.Shape[axis].Fixed)
            throw new InvalidDataException($"it takes {count} of {value.Shape[axis]} elements.");
        call.Spend(value.Count * SortWork);
        Extent[] shape = [.. value.Shape];
        shape[axis] = count;
        call.Return(value.Like(shape));
        call.Return(1, new TensorValue(DataType.Int64, shape));
    }

    /// <summary>Sums of all elements before each, along a dimension.</summary>
    public static void Cumulate(OperatorCall call)
    {
        var value = call.Input(0);
        call.Spend(value.Count * ReductionWork);
        call.Return(value.Like(value.Shape));
    }

    private static List<Extent> Without(IReadOnlyList<Extent> shape, HashSet<int> axes, bool keep)
    {
        var rest = new List<Extent>();
        for (var i = 0; i < shape.Count; i++)
        {
            if (!axes.Contains(i))
                rest.Add(shape[i]);
            else if (keep)
                rest.Add(1);
        }

        return rest;
    }
}
