namespace Trpo.Runtime.Spaces;

/// <summary>The type of an <see cref="ObservationColumn"/> in a data view.</summary>
public enum ObservationColumnKind
{
    /// <summary>A <c>Single</c>.</summary>
    Number,

    /// <summary>A <c>Vector&lt;Single, d&gt;</c>, with slot names where its dimensions have names.</summary>
    Vector,

    /// <summary>A <c>String</c>, one of a list of categories.</summary>
    Text,

    /// <summary>A <c>Key&lt;UInt32, n&gt;</c>, with its categories as key values.</summary>
    Key,
}
