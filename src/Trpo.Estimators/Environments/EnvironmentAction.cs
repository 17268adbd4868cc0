namespace Trpo.Estimators.Environments;

/// <summary>One action, as an environment reads it.</summary>
public readonly ref struct EnvironmentAction
{
    /// <summary>Wraps the values of an action.</summary>
    /// <param name="values">The index of a discrete action alone, or a vector.</param>
    public EnvironmentAction(ReadOnlySpan<float> values) => Values = values;

    /// <summary>The action vector of a box, <c>[k]</c>, within the bounds of the space.</summary>
    public ReadOnlySpan<float> Values { get; }

    /// <summary>The index of a discrete action, from 0.</summary>
    public int Index => (int)Values[0];
}
