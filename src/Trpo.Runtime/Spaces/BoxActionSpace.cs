using System.Collections.Immutable;

namespace Trpo.Runtime.Spaces;

/// <summary>A vector of real numbers, each within its bounds. ML.NET sees it as a <c>Vector&lt;Single, k&gt;</c> column.</summary>
public sealed class BoxActionSpace : ActionSpace
{
    internal BoxActionSpace(ReadOnlySpan<float> low, ReadOnlySpan<float> high, ReadOnlySpan<string> names)
        : this(low, high, SpaceNames.OrNumbered(names, BoxBounds.Check(low, high), nameof(names)))
    {
    }

    private BoxActionSpace(ReadOnlySpan<float> low, ReadOnlySpan<float> high, ImmutableArray<string> names)
        : base(names.Length, names, scoreNames: names)
    {
        Low = [.. low];
        High = [.. high];
    }

    /// <summary>The largest absolute value of a bound, 1e30; larger ones stand for no bound, as those of the type's range do elsewhere.</summary>
    public const float MaxBound = 1e30f;

    /// <summary>The minimum of each dimension; minus infinity if it is unbounded.</summary>
    public ImmutableArray<float> Low { get; }

    /// <summary>The maximum of each dimension; infinity if it is unbounded.</summary>
    public ImmutableArray<float> High { get; }

    /// <summary>True if a dimension has both bounds, of <see cref="MaxBound"/> at most.</summary>
    /// <param name="dimension">The dimension, from 0.</param>
    public bool IsBounded(int dimension) => Math.Abs(Low[dimension]) <= MaxBound && Math.Abs(High[dimension]) <= MaxBound;

    /// <summary>Returns half the width of the bounds of a dimension; 1 where <see cref="IsBounded"/> is false.</summary>
    /// <param name="dimension">The dimension, from 0.</param>
    public double HalfWidth(int dimension) => IsBounded(dimension) ? ((double)High[dimension] - Low[dimension]) / 2 : 1;

    /// <summary>Brings every value of an action within its bounds.</summary>
    /// <param name="action">The action, <c>[k]</c>.</param>
    /// <param name="clipped">Receives the nearest action within the bounds, <c>[k]</c>; it may be <paramref name="action"/>.</param>
    public void Clip(ReadOnlySpan<float> action, Span<float> clipped)
    {
        for (var i = 0; i < clipped.Length; i++)
            clipped[i] = Math.Clamp(action[i], Low[i], High[i]);
    }

    /// <inheritdoc/>
    public override string ToString() => $"Box({Length})";
}
