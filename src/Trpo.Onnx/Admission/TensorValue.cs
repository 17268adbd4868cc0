using DataType = Trpo.Onnx.Graph.Format.TensorProto.Types.DataType;

namespace Trpo.Onnx.Admission;

/// <summary>The type, the shape and, where they decide about other shapes, the numbers of a value of a graph, as they are for every batch.</summary>
internal sealed class TensorValue
{
    /// <summary>The maximum number of numbers that are followed; a shape has a few.</summary>
    public const int MaxKnown = 256;

    /// <summary>The channels of a block: those of the longest vector.</summary>
    public const int Block = 16;

    private const int MaxRank = 8;

    // A text that is not longer than this stands inside its object.
    private const int TextBytes = 32;

    /// <param name="type">The type of the elements.</param>
    /// <param name="shape">The dimensions.</param>
    /// <param name="known">The integers of a tensor that may be a shape; null where they are not known.</param>
    /// <param name="textLength">The maximum length of a text that the graph itself brings, in bytes.</param>
    /// <param name="isBlocked">True if the value is of a convolution, whose channels OnnxRuntime may keep in blocks of <see cref="Block"/>.</param>
    /// <exception cref="InvalidDataException">A dimension is negative, or there are too many.</exception>
    public TensorValue(DataType type, IReadOnlyList<Extent> shape, IReadOnlyList<Extent>? known = null, int textLength = 0, bool isBlocked = false)
    {
        if (shape.Count > MaxRank)
            throw new InvalidDataException($"a value of {shape.Count} dimensions has more than {MaxRank}.");
        var count = new Extent(1, 0);
        foreach (var dimension in shape)
        {
            if (dimension.Fixed < 0 || dimension.PerRow < 0)
                throw new InvalidDataException($"a value has a dimension of {dimension}.");
            count *= dimension;
        }

        (Type, Shape, Count, TextLength) = (type, shape, count, textLength);
        IsBlocked = isBlocked && type == DataType.Float && shape.Count == 4 && shape[1].IsFixed;
        Known = known is not null && known.Count <= MaxKnown && count == known.Count ? known : null;
    }

    /// <summary>The type of the elements.</summary>
    public DataType Type { get; }

    /// <summary>The dimensions.</summary>
    public IReadOnlyList<Extent> Shape { get; }

    /// <summary>The number of dimensions.</summary>
    public int Rank => Shape.Count;

    /// <summary>The number of elements.</summary>
    public Extent Count { get; }

    /// <summary>The elements, row-major; null where they are not known.</summary>
    public IReadOnlyList<Extent>? Known { get; }

    /// <summary>The maximum length of a text that the graph itself brings, in bytes.</summary>
    public int TextLength { get; }

    /// <summary>True if the elements are texts.</summary>
    public bool IsText => Type == DataType.String;

    /// <summary>True if the value is of a convolution, or of nodes behind one, so that its channels may be padded to blocks.</summary>
    public bool IsBlocked { get; }

    /// <summary>The number of elements with channels that are padded to blocks.</summary>
    public Extent PaddedCount => IsBlocked ? Shape[0] * Blocks(Shape[1].Fixed) * Shape[2] * Shape[3] : Count;

    /// <summary>The memory of the value in bytes, without texts of the caller.</summary>
    public Extent Bytes => PaddedCount * (Type switch
    {
        DataType.String => TextBytes + TextLength,
        DataType.Double or DataType.Int64 or DataType.Uint64 => 8,
        DataType.Bool or DataType.Int8 or DataType.Uint8 => 1,
        DataType.Int16 or DataType.Uint16 or DataType.Float16 or DataType.Bfloat16 => 2,
        _ => 4L,
    });

    /// <summary>Returns a number of channels rounded up to whole blocks.</summary>
    public static long Blocks(long channels) => channels > long.MaxValue - Block ? channels : (channels + Block - 1) / Block * Block;

    /// <summary>Creates a value of the same elements with another shape.</summary>
    public TensorValue Reshaped(IReadOnlyList<Extent> shape) => new(Type, shape, Known, TextLength, IsBlocked);

    /// <summary>Creates a value of other elements of the same kind.</summary>
    public TensorValue Like(IReadOnlyList<Extent> shape, IReadOnlyList<Extent>? known = null) => new(Type, shape, known, TextLength, IsBlocked);

    /// <inheritdoc/>
    public override string ToString() => $"{Type}[{string.Join(", ", Shape)}]";
}
