using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Trpo.Runtime.Graph;

/// <summary>The type of the values of a raw column.</summary>
[SuppressMessage("Naming", "CA1720", Justification = "The names of the types are what this lists.")]
[JsonConverter(typeof(PolicyInputTypeConverter))]
public enum PolicyInputType
{
    /// <summary>Floating-point numbers of 32 bits.</summary>
    Single,

    /// <summary>Floating-point numbers of 64 bits.</summary>
    Double,

    /// <summary>Text.</summary>
    Text,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>Keys from 1 to a known count; 0 is a missing key.</summary>
    Key,

    /// <summary>Integers from -128 to 127.</summary>
    SByte,

    /// <summary>Integers from 0 to 255.</summary>
    Byte,

    /// <summary>Integers of 16 bits.</summary>
    Int16,

    /// <summary>Unsigned integers of 16 bits.</summary>
    UInt16,

    /// <summary>Integers of 32 bits.</summary>
    Int32,

    /// <summary>Unsigned integers of 32 bits.</summary>
    UInt32,

    /// <summary>Integers of 64 bits.</summary>
    Int64,

    /// <summary>Unsigned integers of 64 bits.</summary>
    UInt64,
}
