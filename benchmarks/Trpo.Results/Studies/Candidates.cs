using Trpo.Estimators;
using Trpo.Estimators.Optimization;
using Trpo.Results.Training;

namespace Trpo.Results.Studies;

/// <summary>The ways to end a training that are compared, and what they are compared on. Change this file to measure others.</summary>
internal static class Candidates
{
    private const double FinalMaxKl = 0.001;

    // The share of a training whose policies are averaged.
    private const double AveragedShare = 0.2;

    public static IReadOnlyList<Candidate> All { get; } =
    [
        new("constant", "iterations of one length", "FinalStepsPerIteration = StepsPerIteration", study => study),
        new("grow-4", "iterations that grow to four times", "FinalStepsPerIteration = 4 × StepsPerIteration", study => Grow(study, 4)),
        new("grow-8", "iterations that grow to eight times", "FinalStepsPerIteration = 8 × StepsPerIteration", study => Grow(study, 8)),
        new("anneal", "a radius that falls to 0.001", "FinalMaxKl = 0.001", Anneal),
        new("grow-4-anneal", "growing to four times, and the falling radius", "both", study => Anneal(Grow(study, 4))),
        new("best", "the best of twenty evaluations", "Evaluation = new() { Every = TotalSteps / 20, KeepBest = true }", Best),
        new("grow-4-best", "growing to four times, and the best of twenty evaluations", "both", study => Best(Grow(study, 4))),
        new("backtrack-0.8", "a finer line search", "TrustRegion.BacktrackFactor = 0.8", study => Backtrack(study, 0.8)),
        new("backtrack-0.7", "a somewhat finer line search", "TrustRegion.BacktrackFactor = 0.7", study => Backtrack(study, 0.7)),
        new("border", "steps to the border of the trust region", "no option", Border),
        new("average", "the mean policy of the last fifth", "no option", Average),
        new("grow-4-backtrack-0.8", "growing to four times, and the finer line search", "both", study => Backtrack(Grow(study, 4), 0.8)),
        new("grow-4-average", "growing to four times, and the mean policy", "no option", study => Average(Grow(study, 4))),
    ];

    /// <summary>Each study with the defaults of the trainer, but for what the task needs, and with its own settings.</summary>
    public static IReadOnlyList<Comparison> Comparisons { get; } = [.. Catalog.All.SelectMany(study => (Comparison[])
    [
        new(Constant(study with { Options = Plain(study) }), Candidate.Defaults, All, [50_000, 100_000, 300_000]),
        new(Constant(study), Candidate.Preset, All, [50_000, 100_000, 300_000]),
    ])];

    /// <summary>The defaults of the trainer with what the task of a study needs.</summary>
    internal static TrpoOptions Plain(Study study) => study.Name switch
    {
        "pendulum" => new() { Discount = study.Options.Discount, GaeLambda = study.Options.GaeLambda, TrustRegion = study.Options.TrustRegion },
        "mountain-car-continuous" => new() { InitialLogStandardDeviation = study.Options.InitialLogStandardDeviation },
        _ => new(),
    };

    private static Study With(Study study, Func<TrpoOptions, TrpoOptions> change) => study with { Options = change(study.Options) };

    private static Study Constant(Study study) => With(study, options => options with { FinalStepsPerIteration = options.StepsPerIteration });

    private static Study Grow(Study study, int factor) => With(study, options => options with { FinalStepsPerIteration = factor * options.StepsPerIteration });

    private static Study Anneal(Study study) => With(study, options => options with { FinalMaxKl = FinalMaxKl });

    private static Study Best(Study study) => With(study, options => options with { Evaluation = new() { Every = options.TotalSteps / 20, KeepBest = true } });

    // As many trials as reach the same shortest step.
    private static Study Backtrack(Study study, double factor) => With(study, options => options with
    {
        TrustRegion = options.TrustRegion with { BacktrackFactor = factor, MaxBacktracks = 1 + (int)Math.Ceiling(9 * Math.Log(0.5) / Math.Log(factor)) },
    });

    private static Study Border(Study study) => Described(study, "steps to the border", options => options with { Optimizer = new BorderOptimizer(options.TrustRegion) });

    private static Study Average(Study study) => Described(study, "the mean policy", options =>
    {
        var averaged = new AveragedPolicy(new TrustRegionOptimizer(options.TrustRegion), AveragedShare);
        return options with { Optimizer = averaged, Progress = new SeedProgress(CancellationToken.None, averaged, options.Progress!) };
    });

    private static Study Described(Study study, string optimizer, Func<TrpoOptions, TrpoOptions> prepare) => study with
    {
        Prepare = prepare,
        Described = new Dictionary<string, string>(study.Described) { [nameof(TrpoOptions.Optimizer)] = optimizer },
    };
}
