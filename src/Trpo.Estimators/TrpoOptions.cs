using Trpo.Estimators.Baselines;
using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Distributions;
using Trpo.Estimators.Foundation;
using Trpo.Estimators.Health;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Optimization;
using Trpo.Onnx;
using Trpo.Onnx.Randomness;
using Trpo.Onnx.Spaces;

namespace Trpo.Estimators;

/// <summary>The settings of <see cref="TrpoEstimator"/>. Training reads them and changes none.</summary>
public sealed record TrpoOptions
{
    /// <summary>
    /// Settings that learn more from the same environment steps than the defaults, which are plain TRPO, for some three times the computation: the trust region goes from
    /// 0.02 to 0.001 (<see cref="FinalMaxKl"/>), each update uses the steps of three earlier iterations again (<see cref="ReusedIterations"/>),
    /// and the value function is fitted in three steps. Change what the task needs with <c>with</c>, also within: <c>options with { TrustRegion = options.TrustRegion with { Damping = 0.01 } }</c>
    /// keeps the rest of the trust region, which <c>new() { Damping = 0.01 }</c> does not.
    /// </summary>
    public static TrpoOptions SampleEfficient { get; } = new()
    {
        TrustRegion = new() { MaxKl = 0.02 },
        FinalMaxKl = 0.001,
        ReusedIterations = 3,
        ValueFunction = new() { Steps = 3 },
    };

    /// <summary>The number of environment steps to train for, over all environments; rounded up to a multiple of their number. From 1 to 2,000,000,000; 100,000 by default.</summary>
    public int TotalSteps { get; init; } = 100_000;

    /// <summary>
    /// About the number of environment steps between two updates, over all environments: <see cref="TotalSteps"/> is divided as evenly
    /// as it goes, so that no update is made from a few. From 2 to 10,000,000; 512 by default.
    /// </summary>
    public int StepsPerIteration { get; init; } = 512;

    /// <summary>The discount of later rewards, per step. From 0 to 1; 0.99 by default.</summary>
    public double Discount { get; init; } = 0.99;

    /// <summary>The lambda of generalized advantage estimation. From 0 to 1; 0.95 by default.</summary>
    public double GaeLambda { get; init; } = 0.95;

    /// <summary>
    /// Whether the policy normalizes observations itself, by the running mean and standard deviation of all that it has met, and clips them to 10 standard
    /// deviations. The statistics stand still while an iteration lasts, and are part of the exported graph. In the first iteration there are none, and
    /// observations are clipped to [-10, 10] as they are. False by default.
    /// </summary>
    public bool NormalizeObservations { get; init; }

    /// <summary>What rewards are multiplied by before anything is learned from them; reported returns are not. Positive; 1 by default.</summary>
    public double RewardScale { get; init; } = 1;

    /// <summary>
    /// What a nat of the policy's entropy, where it acts, counts as reward (in the environment's rewards; reported returns leave it out): it keeps a policy from
    /// settling too early. Each action is rewarded with its share, minus the logarithm of its probability (or density). It falls in a straight line to 0 at the
    /// end of training. 0 or more; 0 by default.
    /// </summary>
    public double EntropyBonus { get; init; }

    /// <summary>Whether the advantages of an iteration are shifted and scaled to mean 0 and standard deviation 1; advantages that are all the same become 0. True by default.</summary>
    public bool NormalizeAdvantages { get; init; } = true;

    /// <summary>Whether an episode that was truncated, not terminated, counts as going on, at the value of its final observation. True by default.</summary>
    public bool BootstrapTruncated { get; init; } = true;

    /// <summary>
    /// Whether the first episodes of all environments but one are cut short (and bootstrapped), each at another step, where the environment has
    /// <see cref="Environments.IEnvironment.MaxEpisodeSteps"/>: episodes of a fixed length would end in all environments at once, so that short iterations see
    /// only a part of an episode each. True by default.
    /// </summary>
    public bool StaggerStarts { get; init; } = true;

    /// <summary>Training stops early once the mean return of the last 100 episodes has reached this. Null, the default, for never.</summary>
    public double? TargetReturn { get; init; }

    /// <summary>The widths of the hidden layers of the policy, and of the value function. Each from 1 to 4,096, none for a linear function; 64 and 64 by default.</summary>
    public IReadOnlyList<int> HiddenLayers { get; init; } = [64, 64];

    /// <summary>What stands between those layers. Tanh by default.</summary>
    public Activation HiddenActivation { get; init; } = Activation.Tanh;

    /// <summary>The logarithm of the standard deviation that continuous actions start with. From -10 to 2; 0 by default.</summary>
    public double InitialLogStandardDeviation { get; init; }

    /// <summary>
    /// Where randomness starts: the same seed gives the same policy, bit for bit, on the same kind of machine with the same number of
    /// libtorch threads. Null, the default, takes one from the MLContext.
    /// </summary>
    public int? Seed { get; init; }

    /// <summary>
    /// The share of the observations that the curvature of the policy's update is computed on, evenly spaced. Above 0, up to 1; 0.2 by default.
    /// The paper computed it on a tenth (Schulman et al. 2015, appendix C.1).
    /// </summary>
    public double FisherFraction { get; init; } = 0.2;

    /// <summary>
    /// The number of threads that training may compute with. With 2 or more, the value function is fitted while the policy is updated. What comes out does
    /// not depend on it. At least 1; 2 by default.
    /// </summary>
    public int Threads { get; init; } = 2;

    /// <summary>
    /// How many earlier iterations' steps the policy's update uses again, weighted by importance sampling. Each environment step can teach more, for more
    /// computation; much on some tasks, little on others. From 0 to 100; 0 by default.
    /// </summary>
    public int ReusedIterations { get; init; }

    /// <summary>The settings of the policy's update.</summary>
    public TrustRegionOptions TrustRegion { get; init; } = new();

    /// <summary>
    /// The radius of the trust region at the end of training, in nats: it goes there in a straight line from the <see cref="TrustRegionOptions.MaxKl"/> of
    /// <see cref="TrustRegion"/>. Positive; null, the default, keeps it as it is. Another <see cref="Optimizer"/> does not read it.
    /// </summary>
    public double? FinalMaxKl { get; init; }

    /// <summary>The settings of the value function's fit.</summary>
    public ValueFunctionOptions ValueFunction { get; init; } = new();

    /// <summary>What updates the policy. Null, the default, means a <see cref="TrustRegionOptimizer"/> with the settings of <see cref="TrustRegion"/>, which another one does not read.</summary>
    public IPolicyOptimizer? Optimizer { get; init; }

    /// <summary>
    /// Creates the policy's network from the number of its inputs, the number of its outputs and a source for its initial weights. It is disposed when
    /// training ends. A small gain of its last layer, such as 0.01, makes the first policy explore. Libtorch differentiates it, which takes longer than
    /// the built-in perceptron with <see cref="HiddenLayers"/> that null, the default, means.
    /// </summary>
    public Func<int, int, RandomSource, ExportableModule>? Network { get; init; }

    /// <summary>
    /// Creates the family of the policy's distributions for the environment's actions. Null, the default, means the one that is usual for the space, with
    /// <see cref="InitialLogStandardDeviation"/> where it is continuous.
    /// </summary>
    public Func<ActionSpace, IActionDistribution>? Distribution { get; init; }

    /// <summary>
    /// Whether the last slots of the observation are a mask: one slot for each choice of a discrete action (of all dimensions of a multi-discrete one,
    /// as <see cref="ActionSpace.ScoreNames"/> lists them), 1 where the choice is allowed and 0 where it is not. A forbidden choice has the
    /// probability 0, in training and in the exported policy. No normaliser may scale the mask. False by default; possible with discrete and
    /// multi-discrete actions and the usual <see cref="Distribution"/>.
    /// </summary>
    public bool ActionMask { get; init; }

    /// <summary>
    /// Creates the value function from the length of an observation, as the policy sees it, and a source for its initial weights. Null, the default, means
    /// a perceptron with <see cref="HiddenLayers"/>, fitted as <see cref="ValueFunction"/> says.
    /// </summary>
    public Func<int, RandomSource, IValueFunction>? Baseline { get; init; }

    /// <summary>The column to observe, and the columns to write the action and its score to.</summary>
    public PolicyColumns Columns { get; init; } = new();

    /// <summary>Is told of every iteration as it ends, before the next begins (a <see cref="Progress{T}"/> passes that on later, on another thread). Null by default.</summary>
    public IProgress<TrpoIteration>? Progress { get; init; }

    /// <summary>
    /// Ends training early: between two steps of the environments, with the policy of the last update that was accepted, and, where there are <see cref="Checkpoints"/>, one from which it goes on
    /// as if it had not ended. <c>Fit</c> returns that policy and throws nothing. Where it is an environment that ends a step by throwing an
    /// <see cref="OperationCanceledException"/>, it is the same, but the last checkpoint is an earlier one. None by default.
    /// </summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Where training keeps what it needs to go on after it was stopped. Null, the default, for nowhere.</summary>
    public CheckpointOptions? Checkpoints { get; init; }

    /// <summary>When training is ill, and what is done about it.</summary>
    public HealthOptions Health { get; init; } = new();

    /// <exception cref="ArgumentException">A setting is out of its range or missing; the exception names it.</exception>
    internal void Validate()
    {
        Check.Between(TotalSteps, 1, 2_000_000_000);
        Check.Between(StepsPerIteration, 2, 10_000_000);
        Check.AtLeast(Threads, 1);
        Check.Between(ReusedIterations, 0, 100);
        Check.Between(Discount, 0, 1);
        Check.Between(GaeLambda, 0, 1);
        Check.Positive(RewardScale);
        Check.NotNegative(EntropyBonus);
        Check.Between(InitialLogStandardDeviation, -10, 2);
        ArgumentNullException.ThrowIfNull(HiddenLayers);
        foreach (var width in HiddenLayers)
            Check.Between(width, 1, 4_096, nameof(HiddenLayers));
        if (!Enum.IsDefined(HiddenActivation))
            throw new ArgumentOutOfRangeException(nameof(HiddenActivation), HiddenActivation, $"{nameof(HiddenActivation)} must be one of {string.Join(", ", Enum.GetNames<Activation>())}.");
        Check.Fraction(FisherFraction);
        if (ActionMask && Distribution is not null)
            throw new ArgumentException($"{nameof(ActionMask)} forbids choices through the logits of the usual distributions: leave {nameof(Distribution)} out, or forbid them in the distribution.", nameof(ActionMask));
        ArgumentNullException.ThrowIfNull(TrustRegion);
        TrustRegion.Validate();
        if (FinalMaxKl is { } finalMaxKl)
            Check.Positive(finalMaxKl, nameof(FinalMaxKl));
        if (TargetReturn is { } targetReturn)
            Check.Finite(targetReturn, nameof(TargetReturn));
        ArgumentNullException.ThrowIfNull(ValueFunction);
        ValueFunction.Validate();
        ArgumentNullException.ThrowIfNull(Columns);
        Checkpoints?.Validate();
        ArgumentNullException.ThrowIfNull(Health);
        Health.Validate();
    }
}
