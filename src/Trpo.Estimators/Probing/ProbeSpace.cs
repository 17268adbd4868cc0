using Trpo.Estimators.Environments;
using Trpo.Runtime.Spaces;

namespace Trpo.Estimators.Probing;

/// <summary>The actions of a kind, and their worth in each state: 1 for the best one.</summary>
internal sealed class ProbeSpace
{
    // Of half the range from the center: far enough to have to be learned, and within the bounds.
    private const double Target = 0.5;

    // The reward of a forbidden choice tempts a policy that takes it.
    private const double Temptation = 5;
    private const int Forbidden = 2;

    private ProbeSpace(string name, ActionSpace space) => (Name, Space) = (name, space);

    /// <summary>Three choices.</summary>
    public static ProbeSpace Discrete { get; } = new("discrete", ActionSpace.Discrete("zero", "one", "two"));

    /// <summary>A vector of two numbers with bounds of different size and place.</summary>
    public static ProbeSpace Box { get; } = new("box", ActionSpace.Box([-2, -1], [2, 3], "x", "y"));

    /// <summary>The name of the kind.</summary>
    public string Name { get; }

    /// <summary>The space.</summary>
    public ActionSpace Space { get; }

    /// <summary>Writes the mask of the choices of a discrete space: the last one is forbidden.</summary>
    public static void WriteMask(Span<float> mask)
    {
        mask.Fill(1);
        mask[Forbidden] = 0;
    }

    /// <summary>Computes the worth of an action in a state.</summary>
    /// <param name="action">The action.</param>
    /// <param name="state">The state; neighbours have different best actions.</param>
    /// <param name="isMasked">True if a choice is forbidden.</param>
    public double Worth(EnvironmentAction action, int state, bool isMasked)
    {
        if (Space is not BoxActionSpace box)
            return action.Index == Best(state) ? 1 : isMasked && action.Index == Forbidden ? Temptation : 0;
        var worth = 1.0;
        for (var i = 0; i < box.Length; i++)
        {
            var unit = (action.Values[i] - ((box.High[i] + box.Low[i]) / 2)) / ((box.High[i] - box.Low[i]) / 2);
            var target = (state + i) % 2 == 0 ? Target : -Target;
            worth -= (unit - target) * (unit - target);
        }

        return worth;
    }

    /// <summary>Returns the best choice of a discrete space in a state.</summary>
    public static int Best(int state) => state % 2 == 0 ? 1 : 0;
}
