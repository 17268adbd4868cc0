using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Trpo.Onnx.Graph;

/// <summary>The type of the values of a raw column.</summary>
[SuppressMessage("Naming", "CA1720", Justification = "The names of the types are what this lists.")]
public enum PolicyInputType
{
    /// <summary>Floating-point numbers of 32 bits.</summary>
    [JsonStringEnumMemberName("single")]
    Single,

    /// <summary>Floating-point numbers of 64 bits.</summary>
    [JsonStringEnumMemberName("double")]
    Double,

    /// <summary>Text.</summary>
    [JsonStringEnumMemberName("text")]
    Text,

    /// <summary>True or false.</summary>
    [JsonStringEnumMemberName("boolean")]
    Boolean,

    /// <summary>Keys from 1 to a known count; 0 is a missing key.</summary>
    [JsonStringEnumMemberName("key")]
    Key,

    /// <summary>Integers from -128 to 127.</summary>
    [JsonStringEnumMemberName("sbyte")]
    SByte,

    /// <summary>Integers from 0 to 255.</summary>
    [JsonStringEnumMemberName("byte")]
    Byte,

    /// <summary>Integers of 16 bits.</summary>
    [JsonStringEnumMemberName("int16")]
    Int16,

    /// <summary>Unsigned integers of 16 bits.</summary>
    [JsonStringEnumMemberName("uint16")]
    UInt16,

    /// <summary>Integers of 32 bits.</summary>
    [JsonStringEnumMemberName("int32")]
    Int32,

    /// <summary>Unsigned integers of 32 bits.</summary>
    [JsonStringEnumMemberName("uint32")]
    UInt32,

    /// <summary>Integers of 64 bits.</summary>
    [JsonStringEnumMemberName("int64")]
    Int64,

    /// <summary>Unsigned integers of 64 bits.</summary>
    [JsonStringEnumMemberName("uint64")]
    UInt64,
}
