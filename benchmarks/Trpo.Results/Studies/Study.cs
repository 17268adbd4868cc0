using Trpo.Estimators;
using Trpo.Estimators.Environments;

namespace Trpo.Results.Studies;

/// <summary>An environment, the settings that it is learned with, and what the results are measured by.</summary>
internal sealed record Study
{
    /// <summary>The name on the command line and of the files; that of a variation has a slash.</summary>
    public required string Name { get; init; }

    /// <summary>What is done otherwise than in the catalog, in words; null in a study of the catalog.</summary>
    public string? Variation { get; init; }

    /// <summary>What the study is called in messages.</summary>
    public string Label => Variation is null ? Title : $"{Title}, {Variation}";

    /// <summary>The name that Gymnasium gives the environment.</summary>
    public required string Title { get; init; }

    /// <summary>Creates an environment.</summary>
    public required Func<IEnvironment> Environment { get; init; }

    /// <summary>How many environments are stepped side by side.</summary>
    public int Environments { get; init; } = 8;

    /// <summary>How observations are normalised on their way to the policy; null if they are not.</summary>
    public Normalization? Normalization { get; init; } = new(FixZero: false);

    /// <summary>The settings of the trainer. Seed, threads and progress are the run's.</summary>
    public TrpoOptions Options { get; init; } = new();

    /// <summary>What is said of options that hold a function or an object, such as a network or an optimizer, by the option's name: nobody could read it from the object.</summary>
    public IReadOnlyDictionary<string, string> Described { get; init; } = new Dictionary<string, string>();

    /// <summary>What others reached.</summary>
    public required Reference Reference { get; init; }

    /// <summary>When the task counts as solved in training.</summary>
    public required SolvedRule Solved { get; init; }

    /// <summary>What the results must reach.</summary>
    public required Goal Goal { get; init; }
}
