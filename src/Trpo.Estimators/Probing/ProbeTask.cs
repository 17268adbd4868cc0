namespace Trpo.Estimators.Probing;

/// <summary>A task with a known answer.</summary>
/// <param name="Name">The name of the probe.</param>
/// <param name="Starts">The states that episodes begin in, with equal probability.</param>
/// <param name="Step">Computes a step from the state, the number of the step in the episode, from 1, and the worth of the action.</param>
/// <param name="Values">The values of states that are known; empty for a task that measures the actions.</param>
/// <param name="Meaning">The usual causes of a failure.</param>
internal sealed record ProbeTask(string Name, int[] Starts, Func<int, int, double, ProbeStep> Step, (int State, double Value, string Quantity)[] Values, string Meaning)
{
    /// <summary>The number of states.</summary>
    public const int States = 4;

    /// <summary>The discount of all tasks.</summary>
    public const double Discount = 0.7;

    private const int LoopLength = 4;

    /// <summary>The five tasks, from the simplest on.</summary>
    public static IReadOnlyList<ProbeTask> All { get; } =
    [
        new("constant-value", [0], (_, _, _) => new ProbeStep(1, Terminated: true), [(0, 1, "value of a state before a reward of 1")],
            "The value function does not fit its targets, or a terminated episode is bootstrapped as if it continued: look at Fit and Predict of the baseline, and at the ends of episodes."),
        new("value-of-observation", [0, 1], (state, _, _) => new ProbeStep(state == 0 ? 1 : -1, Terminated: true), [(0, 1, "value of the state before a reward of 1"), (1, -1, "value of the state before a reward of -1")],
            "The value does not depend on the observation: a network that ignores inputs, a baseline without gradients, observations of another step, or a normalization that is applied twice or never."),
        new("discounting", [0, 3], Chain,
            [(2, 1, "value of the last step of a chain, before a reward of 1"), (1, Discount, "value of a step before it, discounted once"), (0, Discount * Discount, "value of the first step, discounted twice"), (3, 1, "value of an endless loop that is truncated")],
            "Returns are assigned to the wrong steps: the discount, the value of the next observation (an index that is off by one), or the bootstrap of a truncated episode."),
        new("action", [0], (_, _, worth) => new ProbeStep(worth, Terminated: true), [],
            "The policy does not learn the better action: the sign of the advantages or of the update, a gradient that is not that of the action taken, an update that is never accepted, or a mask that is ignored."),
        new("action-of-observation", [0, 1], (_, _, worth) => new ProbeStep(worth, Terminated: true), [],
            "The policy learns one action, but not which observation it belongs to: rows of observations, actions and advantages that do not match, a network that ignores inputs, or a normalization that is wrong."),
    ];

    // Two ways through one episode: a chain of three steps with a reward at its end, or a loop that is truncated.
    private static ProbeStep Chain(int state, int step, double worth) => state switch
    {
        3 => new ProbeStep(1 - Discount, Next: 3, Truncated: step == LoopLength),
        2 => new ProbeStep(1, Terminated: true),
        _ => new ProbeStep(0, Next: state + 1),
    };
}
