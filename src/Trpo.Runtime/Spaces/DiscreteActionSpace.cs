using System.Collections.Immutable;

namespace Trpo.Runtime.Spaces;

/// <summary>A choice among <see cref="Count"/> actions, numbered from 0. ML.NET sees it as a key column with the actions' names.</summary>
public sealed class DiscreteActionSpace : ActionSpace
{
    internal DiscreteActionSpace(ImmutableArray<string> names)
        : base(length: 1, names, scoreNames: names)
    {
        ChoiceCounts = [names.Length];
    }

    /// <summary>The number of choices.</summary>
    public int Count => Names.Length;

    /// <inheritdoc/>
    public override ImmutableArray<int> ChoiceCounts { get; }

    /// <inheritdoc/>
    public override string ToString() => $"Discrete({Count})";
}
