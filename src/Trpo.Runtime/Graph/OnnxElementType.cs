namespace Trpo.Runtime.Graph;

/// <summary>The types of the values of a tensor, with their numbers in ONNX.</summary>
internal enum OnnxElementType
{
    /// <summary>No type.</summary>
    Undefined = 0,

    /// <summary>Floating-point numbers of 32 bits.</summary>
    Single = 1,

    /// <summary>Integers from 0 to 255.</summary>
    Byte = 2,

    /// <summary>Integers from -128 to 127.</summary>
    SByte = 3,

    /// <summary>Unsigned integers of 16 bits.</summary>
    UInt16 = 4,

    /// <summary>Integers of 16 bits.</summary>
    Int16 = 5,

    /// <summary>Integers of 32 bits.</summary>
    Int32 = 6,

    /// <summary>Integers of 64 bits.</summary>
    Int64 = 7,

    /// <summary>Text.</summary>
    Text = 8,

    /// <summary>True or false.</summary>
    Boolean = 9,

    /// <summary>Floating-point numbers of 16 bits.</summary>
    Half = 10,

    /// <summary>Floating-point numbers of 64 bits.</summary>
    Double = 11,

    /// <summary>Unsigned integers of 32 bits.</summary>
    UInt32 = 12,

    /// <summary>Unsigned integers of 64 bits.</summary>
    UInt64 = 13,

    /// <summary>Floating-point numbers of 16 bits with the exponent of 32.</summary>
    BFloat16 = 16,
}
