namespace Trpo.Runtime.Graph;

/// <summary>The kinds of fields in an ONNX model. Enumerations count as <see cref="Int32"/>.</summary>
internal enum FieldKind
{
    /// <summary>A varint of 32 bits.</summary>
    Int32,

    /// <summary>A varint of 64 bits, signed or not.</summary>
    Int64,

    /// <summary>A number of 4 bytes.</summary>
    Single,

    /// <summary>A number of 8 bytes.</summary>
    Double,

    /// <summary>Text in UTF-8.</summary>
    Text,

    /// <summary>Bytes.</summary>
    Bytes,

    /// <summary>A message inside the message.</summary>
    Message,
}
