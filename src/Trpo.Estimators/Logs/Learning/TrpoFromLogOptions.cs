using Trpo.Estimators.Foundation;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Optimization;
using Trpo.Onnx;
using Trpo.Runtime.Spaces;

namespace Trpo.Estimators.Logs.Learning;

/// <summary>The settings of <see cref="TrpoFromLogEstimator"/>. Learning reads them and changes none.</summary>
public sealed record TrpoFromLogOptions
{
    /// <summary>The estimate of the policy's value that is maximized; <see cref="LearningEstimator.DR"/> by default.</summary>
    public LearningEstimator Estimator { get; init; } = LearningEstimator.DR;

    /// <summary>The model of the rewards for <see cref="LearningEstimator.DR"/>; others ignore it. <see cref="RewardModel.Ridge"/> by default.</summary>
    public RewardModel RewardModel { get; init; } = RewardModel.Ridge();

    /// <summary>The number of folds by which the reward model is cross-fitted, from 2 to 20; 3 by default.</summary>
    public int Folds { get; init; } = 3;

    /// <summary>
    /// The maximum of 1 / p by which the reward model is corrected in <see cref="LearningEstimator.DR"/>: rarer actions are corrected by less, which follows less noise and more of the model's errors (truncated importance sampling,
    /// Ionides 2008). At least 1, infinite for no limit; null, the default, means a sixteenth of the root of the number of rows that are learned from, at least 1. Values on held-out rows do not have it: there, the weight pi(b | x) / p of a row is at most the root of their number.
    /// </summary>
    public double? MaxInverseProbability { get; init; }

    /// <summary>The policy that learning begins with; <see cref="LearningStart.Uniform"/> by default.</summary>
    public LearningStart Start { get; init; } = LearningStart.Uniform;

    /// <summary>The widths of the hidden layers of the policy, each from 1 to 4,096. Empty for a linear function; 64 and 64 by default.</summary>
    public IReadOnlyList<int> HiddenLayers { get; init; } = [64, 64];

    /// <summary>The activation function after each hidden layer. Tanh by default.</summary>
    public Activation HiddenActivation { get; init; } = Activation.Tanh;

    /// <summary>True if the policy normalizes observations by the mean and the standard deviation of the rows it learns from, and clips them to 10 standard deviations; a mask is left as it is. True by default.</summary>
    public bool NormalizeObservations { get; init; } = true;

    /// <summary>The settings of a step; <see cref="TrustRegionOptions.MaxKl"/> is 0.02 by default.</summary>
    public TrustRegionOptions TrustRegion { get; init; } = new() { MaxKl = 0.02 };

    /// <summary>The maximum number of steps. From 1 to 1,000,000; 100 by default.</summary>
    public int Iterations { get; init; } = 100;

    /// <summary>
    /// The maximum number of rows of a step. Logs with more rows are divided into parts of nearly equal size, in a random order, of which each step takes the next. From 100 to 10,000,000; 16,384 by default.
    /// </summary>
    public int BatchRows { get; init; } = 16_384;

    /// <summary>
    /// The share of the rows that are held out: the policy of the iteration with the best estimate on them is returned. They are chosen by the contents of the rows and the seed. From 0, for the policy of the last iteration, to 0.9; 0.2 by
    /// default.
    /// </summary>
    public double HeldOutShare { get; init; } = 0.2;

    /// <summary>
    /// The minimum effective sample size of the rows of a step, against the log, of the policy that draws its actions: trials of the line search with less are refused. One that takes the most probable action has
    /// less. An evaluation needs 100 of its own rows: the policy that is returned leaves some this many times the rows that are evaluated on over those of a step. Where a step begins with less, it keeps as many. 0 or more; null, the default, means 150,
    /// but at most 15 % of the rows of a step.
    /// </summary>
    public double? MinEffectiveRows { get; init; }

    /// <summary>
    /// The seed of the initial weights, the order of the rows and the folds. The same seed gives the same policy from the same rows in any order, bit for bit, on machines with the same vector width; models of
    /// <see cref="RewardModel.Trainer"/> must be deterministic for that. Null, the default, takes a seed from the MLContext.
    /// </summary>
    public int? Seed { get; init; }

    /// <summary>The maximum number of threads. The result does not depend on it. At least 1; null, the default, means the number of processors.</summary>
    public int? Threads { get; init; }

    /// <summary>The actions in the order of the columns of a mask, or with actions that the log does not have. Null, the default, for those of the log: in the order of the keys or numbers, or of the texts by their character codes.</summary>
    public DiscreteActionSpace? Actions { get; init; }

    /// <summary>The selection of actions of the learned policy; null, the default, for <see cref="ActionSelection.Mode"/>. All estimates during learning are those of the policy that draws its actions, <see cref="ActionSelection.Sample"/>.</summary>
    public ActionSelection? Selection { get; init; }

    /// <summary>The names of the output columns. <see cref="LogColumns.Observation"/> takes the place of <see cref="PolicyColumns.Observation"/>.</summary>
    public PolicyColumns Columns { get; init; } = new();

    /// <summary>Further entries of the policy's provenance (<see cref="Trpo.Runtime.Graph.PolicyMetadata.Provenance"/>), which its files keep, such as the origin of the log. Those that the trainer writes itself take precedence. Empty by default.</summary>
    public IReadOnlyDictionary<string, string> Provenance { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// The receiver of every iteration's results, called before the next iteration begins. A <see cref="Progress{T}"/> forwards them later, on another thread. Null, the default, means <see cref="TrpoFromLogProgress.Console"/> where
    /// standard output is an interactive terminal, and none elsewhere: where it is redirected, in services of Windows and in tests. <see cref="TrpoFromLogProgress.None"/> means none on a terminal too.
    /// </summary>
    public IProgress<TrpoFromLogIteration>? Progress { get; init; }

    /// <summary>
    /// The token that ends learning early, between two steps: <c>Fit</c> returns the best policy so far. While rows are read or the reward model is fitted, there is none yet, and <c>Fit</c> throws an
    /// <see cref="OperationCanceledException"/>. None by default. The <c>CancelExecution</c> of the context is heard at the same places, but <c>Fit</c> then always throws.
    /// </summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Throws if a setting is missing or out of its range. Learning does so before it begins.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range; the exception names the setting.</exception>
    /// <exception cref="ArgumentException">A setting is missing; the exception names it.</exception>
    public void Validate()
    {
        CheckDefined(Estimator, nameof(Estimator));
        CheckDefined(Start, nameof(Start));
        CheckDefined(HiddenActivation, nameof(HiddenActivation));
        ArgumentNullException.ThrowIfNull(RewardModel);
        Check.Between(Folds, 2, 20);
        if (MaxInverseProbability is { } limit && !(limit >= 1))
            throw new ArgumentOutOfRangeException(nameof(MaxInverseProbability), limit, $"{nameof(MaxInverseProbability)} must be at least 1.");
        ArgumentNullException.ThrowIfNull(HiddenLayers);
        foreach (var width in HiddenLayers)
            Check.Between(width, 1, 4_096, nameof(HiddenLayers));
        ArgumentNullException.ThrowIfNull(TrustRegion);
        TrustRegion.Validate();
        Check.Between(Iterations, 1, 1_000_000);
        Check.Between(BatchRows, 100, 10_000_000);
        Check.Between(HeldOutShare, 0, 0.9);
        if (MinEffectiveRows is { } rows)
            Check.NotNegative(rows, nameof(MinEffectiveRows));
        if (Threads is { } threads)
            Check.AtLeast(threads, 1, nameof(Threads));
        ArgumentNullException.ThrowIfNull(Columns);
        ArgumentNullException.ThrowIfNull(Provenance);
    }

    private static void CheckDefined<T>(T value, string name)
        where T : struct, Enum
    {
        if (!Enum.IsDefined(value))
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be one of {string.Join(", ", Enum.GetNames<T>())}.");
    }
}
