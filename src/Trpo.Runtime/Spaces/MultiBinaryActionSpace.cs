using System.Collections.Immutable;

namespace Trpo.Runtime.Spaces;

/// <summary>
/// A number of switches, each 0 (off) or 1 (on). ML.NET sees it as a <c>Vector&lt;Single, k&gt;</c> column with the switches' names; the score
/// is the probability that each of them is on.
/// </summary>
public sealed class MultiBinaryActionSpace : ActionSpace
{
    internal MultiBinaryActionSpace(ImmutableArray<string> names)
        : base(names.Length, names, scoreNames: names)
    {
    }

    /// <inheritdoc/>
    public override string ToString() => $"MultiBinary({Length})";
}
