using DataType = Trpo.Onnx.Graph.Format.TensorProto.Types.DataType;

namespace Trpo.Onnx.Admission;

/// <summary>Rules of convolutions and pooling over images, [N, channels, height, width] or with one or three spatial dimensions.</summary>
internal static class ConvolutionRules
{
    // Pooling compares or adds without vector instructions.
    private const long PoolingWork = 4;
    private const int MaxSpatial = 3;

    /// <summary>A convolution.</summary>
    public static void Convolve(OperatorCall call)
    {
        var (image, filters) = (Image(call), call.Input(1));
        var groups = call.Integer("group", 1);
        if (filters.Rank != image.Rank || filters.Shape.Any(size => !size.IsFixed) || groups < 1 || filters.Shape[0].Fixed % groups != 0 || filters.Shape[1].Fixed > long.MaxValue / groups || image.Shape[1] != filters.Shape[1] * groups)
            throw new InvalidDataException($"the filters {filters} in {groups} groups do not fit {image}.");
        IReadOnlyList<long> kernel = [.. filters.Shape.Skip(2).Select(size => size.Fixed)];
        if (call.Integers("kernel_shape") is { Count: > 0 } declared && !declared.SequenceEqual(kernel))
            throw new InvalidDataException($"it declares a kernel of [{string.Join(", ", declared)}], but its filters are {filters}.");
        var spatial = Spatial(call, image, kernel);
        var result = new TensorValue(image.Type, [image.Shape[0], filters.Shape[0], .. spatial], isBlocked: true);
        var taps = Padded(filters.Shape[1].Fixed) * Volume(kernel);
        call.Spend(result.PaddedCount * taps);

        // In blocks of channels, the filters are written anew, and images may be rearranged in front and behind.
        call.Reserve(taps * (TensorValue.Blocks(filters.Shape[0].Fixed) * 4));
        call.Reserve(result.Bytes);
        if (image.Shape[1].Fixed >= TensorValue.Block)
            call.Reserve(image.Shape[0] * (Padded(image.Shape[1].Fixed) * Volume(image.Shape.Skip(2)) * 4));

        // One image, or one group of its channels, is unfolded at a time.
        call.Reserve(taps * Volume(spatial) * 8);
        call.Return(result);
    }

    /// <summary>The extreme or the mean of each window.</summary>
    public static void Pool(OperatorCall call)
    {
        var image = Image(call);
        var kernel = call.Integers("kernel_shape") ?? throw new InvalidDataException("it has no 'kernel_shape'.");
        if (kernel.Count != image.Rank - 2)
            throw new InvalidDataException($"the kernel [{string.Join(", ", kernel)}] does not fit {image}.");
        var result = image.Like([image.Shape[0], image.Shape[1], .. Spatial(call, image, kernel)]);
        call.Reserve(result.Bytes);
        call.Spend(result.PaddedCount * (Volume(kernel) * PoolingWork));
        call.Return(result);
        call.Return(1, new TensorValue(DataType.Int64, result.Shape));
    }

    /// <summary>The extreme or the mean of each channel.</summary>
    public static void PoolAll(OperatorCall call)
    {
        var image = Image(call);
        call.Spend(image.Count * PoolingWork);
        call.Return(image.Like([image.Shape[0], image.Shape[1], .. Enumerable.Repeat((Extent)1, image.Rank - 2)]));
    }

    // Fewer channels than a block has are read as they are.
    private static Extent Padded(long channels) => channels < TensorValue.Block ? channels : TensorValue.Blocks(channels);

    private static TensorValue Image(OperatorCall call)
    {
        var image = call.Input(0);
        if (image.Type is not (DataType.Float or DataType.Double) || image.Rank is < 3 or > 2 + MaxSpatial || image.Shape.Skip(1).Any(size => !size.IsFixed))
            throw new InvalidDataException($"it takes images of fixed size and of 1 to {MaxSpatial} spatial dimensions, not {image}.");
        return image;
    }

    private static Extent[] Spatial(OperatorCall call, TensorValue image, IReadOnlyList<long> kernel)
    {
        var rank = kernel.Count;
        var strides = Listed(call, "strides", rank, 1, 1);
        var dilations = Listed(call, "dilations", rank, 1, 1);
        var pads = Listed(call, "pads", 2 * rank, 0, 0);
        var mode = call.Attribute("auto_pad")?.S.ToStringUtf8() ?? "NOTSET";
        var shape = new Extent[rank];
        for (var i = 0; i < rank; i++)
        {
            if (kernel[i] is < 1 or > int.MaxValue)
                throw new InvalidDataException($"its kernel has a size of {kernel[i]}.");
            var window = (Int128)dilations[i] * (kernel[i] - 1);
            var room = image.Shape[2 + i].Fixed + (mode == "NOTSET" ? (Int128)pads[i] + pads[rank + i] : 0) - window - 1;
            shape[i] = mode is "SAME_UPPER" or "SAME_LOWER" ? ((image.Shape[2 + i].Fixed - 1) / strides[i]) + 1
                : room < 0 ? throw new InvalidDataException($"a window of {window + 1} does not fit the size {image.Shape[2 + i]}.")
                : (long)((room + (call.Integer("ceil_mode", 0) != 0 ? strides[i] - 1 : 0)) / strides[i]) + 1;
        }

        return shape;
    }

    private static IReadOnlyList<long> Listed(OperatorCall call, string name, int count, long otherwise, long min)
    {
        var list = call.Integers(name) is { Count: > 0 } listed ? listed : [.. Enumerable.Repeat(otherwise, count)];
        if (list.Count != count || list.Any(size => size < min || size > int.MaxValue))
            throw new InvalidDataException($"its '{name}' are [{string.Join(", ", list)}].");
        return list;
    }

    private static Extent Volume(IEnumerable<Extent> sizes) => sizes.Aggregate((Extent)1, (product, size) => product * size);

    private static Extent Volume(IEnumerable<long> sizes) => Volume(sizes.Select(size => (Extent)size));
}
