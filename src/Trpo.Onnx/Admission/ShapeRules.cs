using DataType = Trpo.Onnx.Graph.Format.TensorProto.Types.DataType;

namespace Trpo.Onnx.Admission;

/// <summary>Rules of operators that give the same elements another shape, or read a shape.</summary>
internal static class ShapeRules
{
    /// <summary>Other dimensions, of which one may follow from the rest.</summary>
    public static void Reshape(OperatorCall call)
    {
        var value = call.Input(0);
        Extent[] shape = [.. call.Integers("shape")?.Select(size => (Extent)size) ?? call.Known(1)];
        var inferred = -1;
        var others = (Extent)1;
        for (var i = 0; i < shape.Length; i++)
        {
            if (shape[i] == 0 && call.Integer("allowzero", 0) == 0)
                shape[i] = i < value.Rank ? value.Shape[i] : throw new InvalidDataException($"it keeps the dimension {i} of {value}.");
            if (shape[i] == -1 && inferred >= 0)
                throw new InvalidDataException("it infers two dimensions.");
            if (shape[i] == -1)
                inferred = i;
            else
                others *= shape[i];
        }

        if (inferred >= 0)
            shape[inferred] = value.Count.DividedBy(others) ?? throw Misfit(value, shape);
        var result = value.Reshaped(shape);
        call.Return(result.Count == value.Count ? result : throw Misfit(value, shape));
    }

    /// <summary>A matrix of the dimensions in front of an axis and behind it.</summary>
    public static void Flatten(OperatorCall call)
    {
        var value = call.Input(0);
        var axis = call.Integer("axis", 1);
        var split = axis == value.Rank ? value.Rank : OperatorCall.Axis(axis, value.Rank);
        call.Return(value.Reshaped([Product(value.Shape.Take(split)), Product(value.Shape.Skip(split))]));
    }

    /// <summary>Without dimensions of one element.</summary>
    public static void Squeeze(OperatorCall call)
    {
        var value = call.Input(0);
        var axes = call.Integers("axes", 1)?.Select(axis => OperatorCall.Axis(axis, value.Rank)).ToHashSet();
        if (axes is not null && axes.Any(axis => value.Shape[axis] != 1))
            throw new InvalidDataException($"it removes dimensions of {value} that are not 1.");

        // Without axes, a batch of one row would lose its dimension.
        if (axes is null && value.Shape.Any(size => !size.IsFixed))
            throw new InvalidDataException($"it removes the batch's dimension of {value} where the batch is one row: it needs 'axes'.");
        call.Return(value.Reshaped([.. value.Shape.Where((size, index) => axes is null ? size != 1 : !axes.Contains(index))]));
    }

    /// <summary>With further dimensions of one element.</summary>
    public static void Unsqueeze(OperatorCall call)
    {
        var value = call.Input(0);
        var axes = call.Integers("axes", 1) ?? throw new InvalidDataException("it has no 'axes'.");
        var rank = value.Rank + axes.Count;
        var added = axes.Select(axis => OperatorCall.Axis(axis, rank)).ToHashSet();
        if (added.Count != axes.Count)
            throw new InvalidDataException("it adds a dimension twice.");
        var rest = new Queue<Extent>(value.Shape);
        call.Return(value.Reshaped([.. Enumerable.Range(0, rank).Select(index => added.Contains(index) ? 1 : rest.Dequeue())]));
    }

    /// <summary>With one further dimension of one element, whose place is an input.</summary>
    public static void Insert(OperatorCall call)
    {
        var value = call.Input(0);
        var axis = OperatorCall.Axis(call.KnownScalar(1) is { IsFixed: true } place ? place.Fixed : long.MaxValue, value.Rank + 1);
        call.Return(value.Reshaped([.. value.Shape.Take(axis), 1, .. value.Shape.Skip(axis)]));
    }

    /// <summary>Dimensions in another order.</summary>
    public static void Transpose(OperatorCall call)
    {
        var value = call.Input(0);
        var order = call.Integers("perm") is { Count: > 0 } listed ? listed : [.. Enumerable.Range(0, value.Rank).Select(index => (long)(value.Rank - 1 - index))];
        if (!order.Order().SequenceEqual(Enumerable.Range(0, value.Rank).Select(index => (long)index)))
            throw new InvalidDataException($"its 'perm' of [{string.Join(", ", order)}] is no order of {value.Rank} dimensions.");
        call.Return(value.Like([.. order.Select(index => value.Shape[(int)index])], value.Rank <= 1 ? value.Known : null));
    }

    /// <summary>The dimensions as numbers.</summary>
    public static void Shape(OperatorCall call)
    {
        var value = call.Input(0);
        int Bound(string name, int otherwise) => call.Attribute(name) is { } attribute ? (int)Math.Clamp(attribute.I < 0 ? attribute.I + value.Rank : attribute.I, 0, value.Rank) : otherwise;
        var start = Bound("start", 0);
        Extent[] sizes = [.. value.Shape.Take(Bound("end", value.Rank)).Skip(start)];
        call.Return(new TensorValue(DataType.Int64, [sizes.Length], sizes));
    }

    /// <summary>The number of elements.</summary>
    public static void Size(OperatorCall call) => call.Return(new TensorValue(DataType.Int64, [], [call.Input(0).Count]));

    /// <summary>Copies along dimensions of one element.</summary>
    public static void Expand(OperatorCall call)
    {
        var value = call.Input(0);
        call.Return(value.Like(ElementwiseRules.Broadcast(value.Shape, call.Known(1))));
    }

    /// <summary>Copies along every dimension.</summary>
    public static void Tile(OperatorCall call)
    {
        var (value, repeats) = (call.Input(0), call.Known(1));
        if (repeats.Count != value.Rank)
            throw new InvalidDataException($"it repeats {value} along {repeats.Count} dimensions.");
        call.Return(value.Like([.. value.Shape.Zip(repeats, (size, times) => size * times)]));
    }

    /// <summary>One number for every element of a shape.</summary>
    public static void Fill(OperatorCall call) =>
        call.Return((DataType)(call.Attribute("value")?.T?.DataType ?? (int)DataType.Float), call.Known(0));

    /// <summary>Integers from one to another.</summary>
    public static void Range(OperatorCall call)
    {
        var (start, limit, step) = (call.KnownScalar(0), call.KnownScalar(1), call.KnownScalar(2));
        var count = step == 1 ? limit - start
            : step != 0 && step.IsFixed && start.IsFixed && limit.IsFixed ? (Extent)(long)Int128.Max(0, Int128.Min(long.MaxValue, ((Int128)limit.Fixed - start.Fixed + step.Fixed - Math.Sign(step.Fixed)) / step.Fixed))
            : throw new InvalidDataException($"it counts from {start} to {limit} by {step}.");
        call.Return(call.Input(0).Type, count is { IsFixed: true, Fixed: < 0 } ? 0 : count);
    }

    private static Extent Product(IEnumerable<Extent> sizes) => sizes.Aggregate((Extent)1, (product, size) => product * size);

    private static InvalidDataException Misfit(TensorValue value, IEnumerable<Extent> shape) =>
        new($"{value} does not have the shape [{string.Join(", ", shape)}] for every batch.");
}
