using System.Globalization;

namespace Trpo.Runtime.Graph;

/// <summary>A raw column of the data that a policy was trained on, before any transform.</summary>
/// <param name="Name">The name of the column.</param>
/// <param name="Type">The type of its values.</param>
/// <param name="Length">The length of its vectors, at least 1; null for a scalar.</param>
/// <param name="KeyCount">The number of different keys, at least 1; null if the values are not keys.</param>
public sealed record PolicyInputColumn(string Name, PolicyInputType Type, int? Length = null, int? KeyCount = null)
{
    /// <summary>Returns the name, the length of a vector, and the type if it is not Single, such as "Observation[4]" or "Season (Key of 2)".</summary>
    public override string ToString()
    {
        var keys = KeyCount is { } count ? string.Create(CultureInfo.InvariantCulture, $" of {count}") : "";
        var type = Type == PolicyInputType.Single ? "" : $" ({Type}{keys})";
        return string.Create(CultureInfo.InvariantCulture, $"{Name}{(Length is { } length ? $"[{length}]" : "")}{type}");
    }

    /// <summary>Checks the description.</summary>
    /// <exception cref="ArgumentException">A part of the description is invalid; the message says which.</exception>
    internal void Check()
    {
        if (string.IsNullOrEmpty(Name))
            throw new ArgumentException("An input column has no name.");
        if (!Enum.IsDefined(Type))
            throw new ArgumentException($"The input column '{Name}' has no known type.");
        if (Length < 1)
            throw new ArgumentException($"The input column '{Name}' has the length {Length}: it must be at least 1.");
        if (KeyCount is < 1 || (KeyCount is null) == (Type == PolicyInputType.Key))
            throw new ArgumentException($"The input column '{Name}' is of {Type}, with a key count of {KeyCount?.ToString(CultureInfo.InvariantCulture) ?? "null"}: keys have a count of at least 1, and other values null.");
    }
}
