using Trpo.Estimators;
using Trpo.Estimators.Distributions;
using Trpo.Results.Environments;
using Trpo.Results.Families;
using Trpo.Runtime.Spaces;

namespace Trpo.Results.Studies;

/// <summary>The families of distributions over bounded actions that are compared, and the tasks they are compared on. Change this file to measure others.</summary>
internal static class BoundedFamilies
{
    private const int PointMassSteps = 60_000;

    // The published result of a task that nobody else has.
    private static readonly Reference None = new(double.NaN, double.NaN, PointMassSteps);

    private static readonly Study Pendulum = Catalog.All.Single(study => study.Name == "pendulum");
    private static readonly Study Car = Catalog.All.Single(study => study.Name == "mountain-car-continuous");

    public static IReadOnlyList<Candidate> All { get; } =
    [
        new("censored", "normal, clipped: the probability of the clipped action", "Distribution = null", study => study),
        new("drawn", "normal, clipped: the probability of the draw", "DrawnGaussian", study => With(study, "drawn normal", (box, deviation) => new DrawnGaussian(box, deviation))),
        new("censored-divergence", "normal, clipped: probability, divergence and Fisher matrix of the clipped action", "CensoredDivergence", study => With(study, "censored normal with its own divergence", (box, deviation) => new CensoredDivergence(box, deviation))),
        new("squashed", "normal, through tanh", "SquashedActions", study => study with { Environment = () => new SquashedActions(study.Environment()) }),
        new("beta", "beta", "BetaFamily", study => With(study, "beta", (box, _) => new BetaFamily(box))),
    ];

    public static IReadOnlyList<Comparison> Comparisons { get; } =
    [
        Of(Pendulum, Candidate.Preset, Solved(Pendulum)),
        Of(Pendulum with { Options = Candidates.Plain(Pendulum) with { TotalSteps = 300_000 } }, Candidate.Defaults, Solved(Pendulum)),
        Of(Car, Candidate.Preset, Solved(Car)),
        Of(Car with { Options = Candidates.Plain(Car) }, Candidate.Defaults, Solved(Car)),
        ToOrigin("point-mass-200", 0, 200),
        ToOrigin("point-mass-milli", -1e-3f, 1e-3f),
        ToOrigin("point-mass-skewed", -3, 40),
        Of(PointMass("point-mass-far", 50, 0, 20, PointMassGoal.Far, 50), Candidate.Defaults, new(50, "a tenth of that of the best policy, which is the high bound in every state")),
    ];

    /// <summary>The studies with different environments, whose names the command line knows.</summary>
    public static IReadOnlyList<Study> Studies { get; } = [.. Comparisons.Select(comparison => comparison.Study).DistinctBy(study => study.Name)];

    private static Comparison Of(Study study, string basis, LearnedRule learned) => new(study, basis, All, [study.Options.TotalSteps]) { Prefix = "families", Learned = learned };

    private static LearnedRule Solved(Study study) => new(study.Solved.Threshold, "that of the rule for solved tasks");

    private static Comparison ToOrigin(string name, float low, float high) =>
        Of(PointMass(name, 2, low, high, PointMassGoal.Origin, -4), Candidate.Defaults, new(-4, "a quarter of the loss of a mass that is not pushed"));

    private static Study PointMass(string name, int dimensions, float low, float high, PointMassGoal goal, double threshold) => new()
    {
        Name = name,
        Title = FormattableString.Invariant($"{(goal == PointMassGoal.Origin ? "Point mass to the origin" : "Point mass as far as possible")}, {dimensions} dimensions in [{low}, {high}]"),
        Environment = () => new PointMass(dimensions, low, high, goal),
        Options = new() { TotalSteps = PointMassSteps },
        Reference = None,
        Solved = new(threshold, 100),
        Goal = new(threshold),
    };

    private static Study With(Study study, string words, Func<BoxActionSpace, double, IActionDistribution> family) => study with
    {
        Options = study.Options with { Distribution = arguments => family((BoxActionSpace)arguments.Actions, study.Options.InitialLogStandardDeviation) },
        Described = new Dictionary<string, string>(study.Described) { [nameof(TrpoOptions.Distribution)] = words },
    };
}
