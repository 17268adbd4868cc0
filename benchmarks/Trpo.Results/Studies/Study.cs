using Trpo.Estimators;
using Trpo.Estimators.Environments;

namespace Trpo.Results.Studies;

/// <summary>An environment, the settings of training, and the reference and goal of the results.</summary>
internal sealed record Study
{
    /// <summary>The name on the command line and of the files; the name of a variation has a slash.</summary>
    public required string Name { get; init; }

    /// <summary>The change to a study of the catalog, in words; null for a study of the catalog.</summary>
    public string? Variation { get; init; }

    /// <summary>The name in messages.</summary>
    public string Label => Variation is null ? Title : $"{Title}, {Variation}";

    /// <summary>The name of the environment in Gymnasium.</summary>
    public required string Title { get; init; }

    /// <summary>Creates an environment.</summary>
    public required Func<IEnvironment> Environment { get; init; }

    /// <summary>The number of environments.</summary>
    public int Environments { get; init; } = 8;

    /// <summary>The normalizer in front of the trainer; null for none.</summary>
    public Normalization? Normalization { get; init; } = new(FixZero: false);

    /// <summary>The settings of the trainer. The run sets seed, threads and progress.</summary>
    public TrpoOptions Options { get; init; } = new();

    /// <summary>Adds to the options of one seed's training what keeps state of its own, as an optimizer may; null for nothing. <see cref="Described"/> names it.</summary>
    public Func<TrpoOptions, TrpoOptions>? Prepare { get; init; }

    /// <summary>Descriptions, by the option's name, of options that hold a function or an object that cannot be printed, such as a network or an optimizer.</summary>
    public IReadOnlyDictionary<string, string> Described { get; init; } = new Dictionary<string, string>();

    /// <summary>The published result.</summary>
    public required Reference Reference { get; init; }

    /// <summary>The rule by which the task counts as solved in training.</summary>
    public required SolvedRule Solved { get; init; }

    /// <summary>The goal of the results.</summary>
    public required Goal Goal { get; init; }
}
