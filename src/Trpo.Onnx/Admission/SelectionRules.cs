namespace Trpo.Onnx.Admission;

/// <summary>Rules of operators that join values and take parts of them.</summary>
internal static class SelectionRules
{
    /// <summary>Values behind each other along an axis.</summary>
    public static void Concat(OperatorCall call)
    {
        var first = call.Input(0);
        var axis = OperatorCall.Axis(call.Integer("axis", 1), first.Rank);
        Extent[] shape = [.. first.Shape];
        var known = new List<Extent>(first.Known ?? []);
        var isKnown = first is { Rank: 1, Known: not null };
        var text = first.TextLength;
        for (var i = 1; i < call.InputCount; i++)
        {
            var value = call.Input(i);
            if (value.Rank != first.Rank || value.Shape.Where((size, index) => index != axis && size != shape[index]).Any())
                throw new InvalidDataException($"it joins {first} and {value} along the axis {axis}.");
            shape[axis] += value.Shape[axis];
            isKnown &= value.Known is not null;
            known.AddRange(value.Known ?? []);
            text = Math.Max(text, value.TextLength);
        }

        call.Return(new TensorValue(first.Type, shape, isKnown ? known : null, text));
    }

    /// <summary>Parts of a value along an axis.</summary>
    public static void Split(OperatorCall call)
    {
        var value = call.Input(0);
        var axis = OperatorCall.Axis(call.Integer("axis", 0), value.Rank);
        var parts = call.Integers("split", 1) ?? Equal(value.Shape[axis], call.OutputCount);
        if (!value.Shape[axis].IsFixed || parts.Count != call.OutputCount || parts.Any(size => size < 0) || parts.Aggregate((Extent)0, (sum, size) => sum + size) != value.Shape[axis])
            throw new InvalidDataException($"it splits {value} into parts of [{string.Join(", ", parts)}].");
        for (var i = 0; i < parts.Count; i++)
        {
            Extent[] shape = [.. value.Shape];
            shape[axis] = parts[i];
            call.Return(i, value.Like(shape));
        }
    }

    /// <summary>Ranges of some dimensions.</summary>
    public static void Slice(OperatorCall call)
    {
        var value = call.Input(0);
        var starts = call.Integers("starts", 1) ?? throw new InvalidDataException("it has no 'starts'.");
        var ends = call.Integers("ends", 2) ?? throw new InvalidDataException("it has no 'ends'.");
        var axes = call.Integers("axes", 3) ?? [.. Enumerable.Range(0, starts.Count).Select(axis => (long)axis)];
        var steps = call.Optional(4) is null ? [.. Enumerable.Repeat(1L, starts.Count)] : call.Constants(4);
        if (starts.Count != ends.Count || starts.Count != axes.Count || starts.Count != steps.Count)
            throw new InvalidDataException("its ranges are not of one number.");
        Extent[] shape = [.. value.Shape];
        var known = value.Rank == 1 ? value.Known : null;
        for (var i = 0; i < starts.Count; i++)
        {
            var axis = OperatorCall.Axis(axes[i], value.Rank);
            if (!shape[axis].IsFixed)
            {
                shape[axis] = OfBatch(shape[axis], starts[i], ends[i], steps[i]);
                continue;
            }

            var (from, count) = Part(shape[axis].Fixed, starts[i], ends[i], steps[i]);
            shape[axis] = count;
            var step = steps[i];
            known = known is null ? null : [.. Enumerable.Range(0, (int)count).Select(index => known[(int)(from + (index * step))])];
        }

        call.Return(value.Like(shape, known));
    }

    /// <summary>Elements of one dimension by their indices.</summary>
    public static void Gather(OperatorCall call)
    {
        var (value, indices) = (call.Input(0), call.Input(1));
        var axis = OperatorCall.Axis(call.Integer("axis", 0), value.Rank);
        IReadOnlyList<Extent>? known = null;
        if (value is { Rank: 1, Known: { } numbers } && indices.Known is { } places && places.All(place => place.IsFixed && place.Fixed >= -numbers.Count && place.Fixed < numbers.Count))
            known = [.. places.Select(place => numbers[(int)(place.Fixed < 0 ? place.Fixed + numbers.Count : place.Fixed)])];
        call.Return(value.Like([.. value.Shape.Take(axis), .. indices.Shape, .. value.Shape.Skip(axis + 1)], known));
    }

    /// <summary>Elements of one dimension by an index for each result.</summary>
    public static void GatherEach(OperatorCall call)
    {
        var (value, indices) = (call.Input(0), call.Input(1));
        if (value.Rank != indices.Rank)
            throw new InvalidDataException($"it takes elements of {value} by {indices}.");
        call.Return(value.Like(indices.Shape));
    }

    /// <summary>One-hot vectors of indices.</summary>
    public static void OneHot(OperatorCall call)
    {
        var (indices, depth, values) = (call.Input(0), call.KnownScalar(1), call.Input(2));
        var axis = OperatorCall.Axis(call.Integer("axis", -1), indices.Rank + 1);
        call.Return(values.Like([.. indices.Shape.Take(axis), depth, .. indices.Shape.Skip(axis)]));
    }

    /// <summary>A border around a value.</summary>
    public static void Pad(OperatorCall call)
    {
        var value = call.Input(0);
        var pads = call.Integers("pads", 1) ?? throw new InvalidDataException("it has no 'pads'.");
        if (pads.Count != 2 * value.Rank || pads.Any(pad => pad is < 0 or > int.MaxValue) || call.Optional(3) is not null)
            throw new InvalidDataException($"it pads {value} by [{string.Join(", ", pads)}]: a border for both ends of each dimension is admitted, of no negative size.");
        call.Return(value.Like([.. value.Shape.Select((size, index) => pads[index] + pads[value.Rank + index] is var border && border == 0 ? size : size + border)]));
    }

    private static IReadOnlyList<long> Equal(Extent size, int parts) =>
        parts > 0 && size.IsFixed && size.Fixed % parts == 0 ? [.. Enumerable.Repeat(size.Fixed / parts, parts)] : [];

    // Only ranges whose length is known for every batch: all rows, the first or the last.
    private static Extent OfBatch(Extent size, long start, long end, long step) => (start, end, step) switch
    {
        (0, >= int.MaxValue, 1) => size,
        (0, 1, 1) or (-1, >= int.MaxValue, 1) => 1,
        _ => throw new InvalidDataException($"it takes the rows from {start} to {end} by {step} of a batch."),
    };

    private static (long From, long Count) Part(long size, long start, long end, long step)
    {
        long Bound(long index, long min, long max) => Math.Clamp(index < 0 ? index + size : index, min, max);
        if (step is 0 or < -int.MaxValue or > int.MaxValue)
            throw new InvalidDataException($"it takes every {step}th element.");
        var (from, to) = step > 0 ? (Bound(start, 0, size), Bound(end, 0, size)) : (Bound(start, -1, size - 1), Bound(end, -1, size - 1));
        return (from, Math.Max(0, (to - from + step - Math.Sign(step)) / step));
    }
}
