using Trpo.Results.Studies;

namespace Trpo.Results.Report;

/// <summary>The page of the verb <c>families</c>, which compares families of distributions over bounded actions.</summary>
internal static class FamiliesPage
{
    public const string Verb = "families";

    public static ComparisonPage Page { get; } = new()
    {
        Verb = Verb,
        FileName = "actions.md",
        Title = "Distributions of bounded actions",
        Introduction = "Exploration draws continuous actions from a distribution, and environments accept them within bounds only. These tables compare families of distributions that keep them there",
        Column = "family",
        Notes =
        [
            $"Settings: \"{Candidate.Defaults}\" are the trainer's defaults and what the task needs; \"{Candidate.Preset}\" has the settings of [the results](results.md).",
            "The other families are in [benchmarks/Trpo.Results/Families](../benchmarks/Trpo.Results/Families), the tasks in [BoundedFamilies.cs](../benchmarks/Trpo.Results/Studies/BoundedFamilies.cs).",
        ],
        Conclusions =
        [
            "## What follows",
            """
            - **The default** is the clipped normal distribution with the probability of the clipped action: all draws beyond a bound are one action. It is the only family here with which every seed learned every task, but no family is best everywhere. The environment cannot tell draws beyond a bound apart, and this gradient does not either, so that it varies less (Fujita and Maeda 2018).
            - **The probability of the draw** is what the library had before: the same draws, with gradients that depend on how far beyond a bound they are. Its mean is lower on both trainings of Pendulum, and its worst seeds are 40 to 55 below those of the default. A seed does not find the goal of MountainCarContinuous with the defaults.
            - **The divergence of the clipped action** is at most that of the draws, so that the same radius allows longer steps; where nearly all draws are beyond a bound, it vanishes, and nothing limits them. It is the best in fifty dimensions and has the best worst seed of Pendulum with the defaults, but the worst one with the preset, and it loses a seed of MountainCarContinuous with both settings. A smaller radius might cure that; it was not tried.
            - **tanh** never reaches a bound. It is the best on MountainCarContinuous with the preset by 0.1, and behind the default on Pendulum with the preset and in fifty dimensions. Here it is a wrapper of the environment, which every deployment needs again: the exported policy computes the draw, not the action.
            - **Beta** is the best on the three point masses by 0.06, and behind the default on all other tasks. Its first deviation is about half of half the width of the bounds, and `InitialLogStandardDeviation` does not change it. That is likely why MountainCarContinuous is not learned: its settings ask for a deviation of e, and with one of 1 a normal distribution loses seeds too ([training.md](training.md)).
            - **Chance**: of these differences from the default, 95 % intervals over the differences seed by seed exclude 0 for all of beta's; for all four families on Pendulum with the preset and in fifty dimensions; and for tanh on MountainCarContinuous with the preset. The others may be chance, a lost seed of ten among them.
            - **The last task** has a threshold that was set after a first seed had shown that no family comes near the best policy, whose return is about 500, in 60,000 steps. Beta misses it closely; all others are beyond it with every seed.
            """,
            """
            A [distribution of your own](extending.md) is for what none of these has: deviations that depend on the observation, dimensions that depend on each other, or actions that are angles. For more or less exploration, set `InitialLogStandardDeviation` first, in units in which the bounds are -1 and 1.
            """,
            """
            - **Bounds of any size**, such as ±1e-9 and ±1e9, and bounds that are not around 0 are learned alike; tests train on both, and on [0, 200] and [-3, 40]. Actions are float32: between bounds that are far from 0 beside their width, such as 1e9 and 1e9 + 100, there are few of them.
            - **Infinite bounds**, or bounds beyond ±1e30, are none: such a dimension begins around 0 with a deviation of 1 in the units of the action, and no action of it is clipped. A dimension with one bound is clipped there, and has the units of the action too.
            - **Equal bounds** are refused by `ActionSpace.Box`: a dimension with one value is no action. Leave it out of the space, and set it in `Step`.
            """,
        ],
        Comparisons = settings => settings.Families,
    };
}
