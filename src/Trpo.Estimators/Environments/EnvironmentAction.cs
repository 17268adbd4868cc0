namespace Trpo.Estimators.Environments;

/// <summary>The action of one step, passed to an environment.</summary>
public readonly ref struct EnvironmentAction
{
    /// <summary>Wraps the values of an action.</summary>
    /// <param name="values">The values of the action, as in <see cref="Values"/>.</param>
    public EnvironmentAction(ReadOnlySpan<float> values) => Values = values;

    /// <summary>
    /// The values of the action, <c>[ActionSpace.Length]</c>: the vector of a box action, within its bounds; the indices of a
    /// multi-discrete action, each from 0; the switches of a multi-binary action, each 0 or 1; the index of a discrete action.
    /// </summary>
    public ReadOnlySpan<float> Values { get; }

    /// <summary>The index of a discrete action, from 0.</summary>
    public int Index => (int)Values[0];

    /// <summary>Gets the index of a multi-discrete action in one dimension, from 0.</summary>
    /// <param name="dimension">The dimension, from 0.</param>
    /// <exception cref="IndexOutOfRangeException">The action has no such dimension.</exception>
    public int IndexOf(int dimension) => (int)Values[dimension];

    /// <summary>Returns true if one switch of a multi-binary action is on.</summary>
    /// <param name="dimension">The switch, from 0.</param>
    /// <exception cref="IndexOutOfRangeException">The action has no such switch.</exception>
    public bool IsOn(int dimension) => Values[dimension] == 1;
}
