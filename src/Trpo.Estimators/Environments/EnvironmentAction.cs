using Trpo.Onnx.Spaces;

namespace Trpo.Estimators.Environments;

/// <summary>One action, as an environment reads it.</summary>
public readonly ref struct EnvironmentAction
{
    /// <summary>Wraps the values of an action.</summary>
    /// <param name="values">The index of a discrete action alone, or a vector.</param>
    public EnvironmentAction(ReadOnlySpan<float> values) => Values = values;

    /// <summary>
    /// The values of the action, as many as <see cref="ActionSpace.Length"/>: the vector of a box, within its bounds; the indices of a
    /// multi-discrete action, each from 0; the switches of a multi-binary one, each 0 or 1; the index of a discrete one.
    /// </summary>
    public ReadOnlySpan<float> Values { get; }

    /// <summary>The index of a discrete action, from 0.</summary>
    public int Index => (int)Values[0];

    /// <summary>The index that a multi-discrete action has in one dimension, from 0.</summary>
    /// <param name="dimension">The dimension, from 0.</param>
    /// <exception cref="IndexOutOfRangeException">The action has no such dimension.</exception>
    public int IndexOf(int dimension) => (int)Values[dimension];

    /// <summary>Whether a multi-binary action has one of its switches on.</summary>
    /// <param name="dimension">The switch, from 0.</param>
    /// <exception cref="IndexOutOfRangeException">The action has no such switch.</exception>
    public bool IsOn(int dimension) => Values[dimension] == 1;
}
