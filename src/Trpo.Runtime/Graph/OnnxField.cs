namespace Trpo.Runtime.Graph;

/// <summary>A field of a message in an ONNX model.</summary>
/// <param name="Number">The number that stands for it in the bytes.</param>
/// <param name="Kind">The kind of its values.</param>
/// <param name="IsRepeated">True if it may have any number of values.</param>
/// <param name="HasPresence">True if a default value that is written differs from none. The other single values are left out where they are the default.</param>
/// <param name="Message">The type of a message; null for every other kind.</param>
internal sealed record OnnxField(int Number, FieldKind Kind, bool IsRepeated = false, bool HasPresence = false, OnnxMessage? Message = null)
{
    /// <summary>The wire type of a single value: 0 for a varint, 1 for 8 bytes, 2 for a length and as many bytes, 5 for 4 bytes.</summary>
    public int WireType => Kind switch
    {
        FieldKind.Int32 or FieldKind.Int64 => 0,
        FieldKind.Double => 1,
        FieldKind.Single => 5,
        _ => 2,
    };

    /// <summary>True if several values may share one length, without tags of their own.</summary>
    public bool IsPackable => IsRepeated && WireType != 2;
}
