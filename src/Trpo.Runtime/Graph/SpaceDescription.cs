namespace Trpo.Runtime.Graph;

/// <summary>A space as the metadata describe it in JSON.</summary>
/// <param name="Type">The kind of the space.</param>
/// <param name="Names">The names of its choices or dimensions.</param>
/// <param name="Low">The low bounds of a box.</param>
/// <param name="High">The high bounds of a box.</param>
/// <param name="Counts">The numbers of choices of a multi-discrete space.</param>
internal sealed record SpaceDescription(string Type, string[]? Names, float[]? Low = null, float[]? High = null, int[]? Counts = null);
