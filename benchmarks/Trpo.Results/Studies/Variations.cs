using Trpo.Estimators;
using Trpo.Runtime.Spaces;

namespace Trpo.Results.Studies;

/// <summary>The variations that every study is compared with. Change this file to measure others.</summary>
internal static class Variations
{
    public static IReadOnlyList<Variation> All { get; } =
    [
        new("defaults", "every option of the trainer at its default, a normaliser in front", "new() { TotalSteps = … }", study => Plain(study, new())),
        new("preset", "the preset for fewer steps, a normaliser in front", "SampleEfficient with { TotalSteps = … }", study => Plain(study, TrpoOptions.SampleEfficient)),
        new("not-normalized", "observations not normalised", "NormalizeObservations = false, nothing in front", study => Normalized(study, byPolicy: false)),
        new("normalized-by-policy", "observations normalised by the policy alone", "NormalizeObservations = true, nothing in front", study => Normalized(study, byPolicy: true)),
        Option("rewards-100", "rewards × 100", "RewardScale × 100", options => options with { RewardScale = 100 * options.RewardScale }),
        Option("discount-0.95", "discount 0.95", "Discount = 0.95", options => options with { Discount = 0.95 }),
        Option("discount-0.99", "discount 0.99", "Discount = 0.99", options => options with { Discount = 0.99 }),
        Option("lambda-0.9", "lambda 0.9", "GaeLambda = 0.9", options => options with { GaeLambda = 0.9 }),
        Option("lambda-0.98", "lambda 0.98", "GaeLambda = 0.98", options => options with { GaeLambda = 0.98 }),
        Option("advantages", "advantages not normalised", "NormalizeAdvantages = false", options => options with { NormalizeAdvantages = false }),
        Option("truncation", "truncated episodes count as terminated", "BootstrapTruncated = false", options => options with { BootstrapTruncated = false }),
        Option("stagger", "first episodes not staggered", "StaggerStarts = false", options => options with { StaggerStarts = false }),
        Option("batch-1024", "1,024 steps in an iteration", "StepsPerIteration = 1_024", options => options with { StepsPerIteration = 1_024 }),
        Option("reuse", "no steps used again", "ReusedIterations = 0", options => options with { ReusedIterations = 0 }),
        Option("entropy", "an entropy bonus of 0.01", "EntropyBonus = 0.01", options => options with { EntropyBonus = 0.01 }),
        Option("radius-double", "trust region of twice the radius at the start", "TrustRegion.MaxKl × 2", options => options with { TrustRegion = options.TrustRegion with { MaxKl = 2 * options.TrustRegion.MaxKl } }),
        Option("radius-constant", "trust region of the same radius to the end", "FinalMaxKl = null", options => options with { FinalMaxKl = null }),
        Option("curvature", "curvature of all observations", "FisherFraction = 1", options => options with { FisherFraction = 1 }),
        Option("value-step", "one step of the value function", "ValueFunction.Steps = 1", options => options with { ValueFunction = options.ValueFunction with { Steps = 1 } }),
        new("units", "actions in the environment's units", "RescaleActions = false", EnvironmentUnits),
        new("deviation", "less noise at the start", "InitialLogStandardDeviation - 0.5", LessNoise),
    ];

    private static Variation Option(string name, string title, string setting, Func<TrpoOptions, TrpoOptions> change) =>
        new(name, title, setting, study => study with { Options = change(study.Options) });

    private static Study Plain(Study study, TrpoOptions options) => study with
    {
        Options = options with { TotalSteps = study.Options.TotalSteps },
        Normalization = new(FixZero: false),
        Described = new Dictionary<string, string>(),
    };

    private static Study Normalized(Study study, bool byPolicy) => study with { Normalization = null, Options = study.Options with { NormalizeObservations = byPolicy } };

    // Discrete actions have neither units nor a standard deviation: the options are not read.
    private static Study EnvironmentUnits(Study study) => study.Environment().ActionSpace is BoxActionSpace ? study with { Options = study.Options with { RescaleActions = false } } : study;

    private static Study LessNoise(Study study) => study.Environment().ActionSpace is BoxActionSpace
        ? study with { Options = study.Options with { InitialLogStandardDeviation = study.Options.InitialLogStandardDeviation - 0.5 } }
        : study;
}
