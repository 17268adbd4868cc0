using Trpo.Estimators.Baselines;
using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Distributions;
using Trpo.Estimators.Foundation;
using Trpo.Estimators.Health;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Optimization;
using Trpo.Estimators.Workers;
using Trpo.Onnx;
using Trpo.Runtime.Spaces;

namespace Trpo.Estimators;

/// <summary>The settings of <see cref="TrpoEstimator"/>. Training reads them and changes none.</summary>
public sealed record TrpoOptions
{
    /// <summary>The ratio of the last iteration's length to that of the first one by default.</summary>
    internal const int DefaultGrowth = 4;

    /// <summary>The number of iterations of their last length by default that a training must have for them to grow.</summary>
    internal const int MinGrowingIterations = 50;

    private const int MaxShards = 1_024;

    /// <summary>
    /// Gets settings that learn more from the same environment steps than the defaults, which are plain TRPO, for about three times the computation. The radius of the trust region
    /// falls from 0.02 to 0.001 (<see cref="FinalMaxKl"/>) in iterations of one length (<see cref="FinalStepsPerIteration"/>), each update reuses the steps of three earlier iterations (<see cref="ReusedIterations"/>),
    /// and the value function is fitted in three steps. To change one setting and keep the others, use <c>with</c> at every level:
    /// <c>options with { TrustRegion = options.TrustRegion with { Damping = 0.01 } }</c>.
    /// </summary>
    public static TrpoOptions SampleEfficient { get; } = new()
    {
        TrustRegion = new() { MaxKl = 0.02 },
        FinalMaxKl = 0.001,
        FinalStepsPerIteration = 512,
        ReusedIterations = 3,
        ValueFunction = new() { Steps = 3 },
    };

    /// <summary>The number of environment steps to train for, over all environments, rounded up to a multiple of the number of environments. From 1 to 2,000,000,000; 100,000 by default.</summary>
    public int TotalSteps { get; init; } = 100_000;

    /// <summary>
    /// The approximate number of environment steps between two updates, over all environments. <see cref="TotalSteps"/> is divided into iterations of nearly equal length,
    /// so that no update is computed from a few steps only. From 2 to 10,000,000; 512 by default.
    /// </summary>
    public int StepsPerIteration { get; init; } = 512;

    /// <summary>
    /// The approximate number of environment steps between the last two updates. Iterations grow geometrically from <see cref="StepsPerIteration"/>: short ones learn soonest, and long ones
    /// end well, because their updates follow less noise. From 2 to 10,000,000; up to <see cref="StepsPerIteration"/> for iterations of one length. Null, the default, means four times
    /// <see cref="StepsPerIteration"/>, but at most a 50th of <see cref="TotalSteps"/>, so that a short training keeps many updates.
    /// </summary>
    public int? FinalStepsPerIteration { get; init; }

    /// <summary>The discount factor of rewards, per step. From 0 to 1; 0.99 by default.</summary>
    public double Discount { get; init; } = 0.99;

    /// <summary>The lambda of generalized advantage estimation (Schulman et al. 2016). From 0 to 1; 0.95 by default.</summary>
    public double GaeLambda { get; init; } = 0.95;

    /// <summary>
    /// True if the policy normalizes observations by the running mean and standard deviation of all observations of the training, and clips them to 10 standard
    /// deviations. The statistics change only between iterations, and are part of the exported graph. In the first iteration there are none yet, and
    /// observations are only clipped to [-10, 10]. False by default.
    /// </summary>
    public bool NormalizeObservations { get; init; }

    /// <summary>
    /// The factor of rewards in learning; reported returns are not scaled. Positive; 1 by default. The built-in value function learns rewards of any size alike, so that it
    /// matters only for a <see cref="Baseline"/>.
    /// </summary>
    public double RewardScale { get; init; } = 1;

    /// <summary>
    /// The coefficient of an entropy bonus, which keeps a policy from converging too early. Each step's reward grows by this times minus the logarithm of the action's
    /// probability (or density, in the units of <see cref="RescaleActions"/>); it is in units of the environment's rewards, and reported returns leave it out. The
    /// coefficient falls linearly to 0 at the end of training. 0 or more; 0 by default.
    /// </summary>
    public double EntropyBonus { get; init; }

    /// <summary>True if the advantages of an iteration are standardized to mean 0 and standard deviation 1; if all are equal up to rounding, they become 0. True by default.</summary>
    public bool NormalizeAdvantages { get; init; } = true;

    /// <summary>True if the return of a truncated episode includes the value of the final observation, as if the episode continued; a terminated one never does. True by default.</summary>
    public bool BootstrapTruncated { get; init; } = true;

    /// <summary>
    /// True if the first episodes of all environments but one are truncated (and bootstrapped), each at a different step, where the environment has
    /// <see cref="Environments.IEnvironment.MaxEpisodeSteps"/>. Without it, episodes of a fixed length end in all environments at once, so that short iterations contain
    /// only one part of the episodes. True by default.
    /// </summary>
    public bool StaggerStarts { get; init; } = true;

    /// <summary>The mean return of the last 100 episodes at which training stops early. Null, the default, for never.</summary>
    public double? TargetReturn { get; init; }

    /// <summary>The settings of evaluations during the training, of which the best policy can be kept. Null, the default, for none.</summary>
    public EvaluationOptions? Evaluation { get; init; }

    /// <summary>
    /// The widths of the hidden layers of the policy, and of the value function unless <see cref="ValueFunctionOptions.HiddenLayers"/> differ, each from 1 to 4,096. Empty for linear functions;
    /// 64 and 64 by default.
    /// </summary>
    public IReadOnlyList<int> HiddenLayers { get; init; } = [64, 64];

    /// <summary>The activation function after each hidden layer. Tanh by default.</summary>
    public Activation HiddenActivation { get; init; } = Activation.Tanh;

    /// <summary>
    /// The engine that computes the networks. Automatic, the default, means managed code for perceptrons on the processor, and TorchSharp for a <see cref="Network"/> of your own or another
    /// <see cref="Device"/>. TorchSharp computes perceptrons too, which shows the difference in speed. The last bits of results depend on the engine.
    /// </summary>
    public TrainingEngine Engine { get; init; }

    /// <summary>
    /// The device of the networks: <c>cpu</c>, the default, or <c>cuda</c>, <c>cuda:1</c> and so on, graphics cards for which the application needs a <c>TorchSharp-cuda</c> package. TorchSharp computes
    /// all networks on a graphics card, perceptrons among them; environments, collected steps and exported policies stay on the processor.
    /// </summary>
    public string Device { get; init; } = TorchDevice.CpuName;

    /// <summary>
    /// True if the policy computes continuous actions in units in which their bounds are -1 and 1, so that bounds of any size and place are learned alike.
    /// Environments, exported graphs and scores have the units of the action. A dimension without a low or a high bound is not rescaled, nor one with a bound above 1e30. Ignored if
    /// <see cref="Distribution"/> is set. True by default.
    /// </summary>
    public bool RescaleActions { get; init; } = true;

    /// <summary>
    /// The logarithm of the initial standard deviation of continuous actions: with <see cref="RescaleActions"/>, in units of half the distance between the
    /// bounds. From -10 to 2; 0 by default.
    /// </summary>
    public double InitialLogStandardDeviation { get; init; }

    /// <summary>
    /// The seed of all random numbers. The same seed gives the same policy, bit for bit, on machines with the same vector width and, for a <see cref="Network"/> of your own in one shard, the same number of
    /// libtorch threads. Null, the default, takes a seed from the MLContext.
    /// </summary>
    public int? Seed { get; init; }

    /// <summary>
    /// The fraction of the observations, evenly spaced, on which the curvature of the policy's update is computed. Above 0, up to 1; 0.2 by default.
    /// The paper used a tenth (Schulman et al. 2015, appendix C.1).
    /// </summary>
    public double FisherFraction { get; init; } = 0.2;

    /// <summary>
    /// The number of shards that environments, and the rows of an iteration with them, are divided among in their order. A shard has copies of the policy and of the value function and a random stream
    /// of its own, and is computed by one thread at a time: several can keep as many processors busy. The result depends on this number, and not on <see cref="Threads"/>. From 1 to 1,024, and at most one for each environment. Null,
    /// the default, means as many as leave each shard 4 environments, 4,096 steps of the longest iteration and 16,777,216 steps times parameters of the policy: a power of two up to 64, so that iterations below 8,192 steps have 1;
    /// and 1 with a <see cref="Network"/>, <see cref="Distribution"/> or <see cref="Baseline"/> of your own (whose factories are called once for each shard), for asynchronous environments, and on a <see cref="Device"/> other than the
    /// processor. A training that is resumed keeps the number of its checkpoint. Shards collect their rollouts on the <c>threads</c> of <c>LoadFromEnvironment</c>, of which a multiple of the number of shards suits: with
    /// <c>threads: 1</c>, one shard collects after another.
    /// </summary>
    public int? Shards { get; init; }

    /// <summary>
    /// The maximum number of threads of the updates: each takes a shard after another. With twice as many as there are shards, such as 2 for one shard, the value function is fitted while the policy is updated.
    /// Environments, and the transforms in front of the policy, are used by the threads of <c>LoadFromEnvironment</c> alone. The result does not depend on it. At least 1; null, the default, means the number of processors.
    /// </summary>
    public int? Threads { get; init; }

    /// <summary>
    /// The workers that the shards run on, in other processes or on other machines. The result is that of the same <see cref="Shards"/> in this process, bit for bit. Each shard runs on one worker thread, so that
    /// <see cref="Shards"/> bounds how many processors can help; set it, because by default it depends on the length of the iterations alone. <see cref="Device"/> must be the
    /// processor, and a <see cref="Network"/> or a <see cref="Distribution"/> needs a registered name (<see cref="TrainingWorkers.Network"/>, <see cref="TrainingWorkers.Distribution"/>); a <see cref="Baseline"/> stays in this process. Null, the default, means this process.
    /// </summary>
    public TrainingWorkers? Workers { get; init; }

    /// <summary>
    /// True if Fisher-vector products are computed on the sampled rows of all shards in one place (<see cref="FisherFraction"/>), instead of by each shard on its own rows. It saves <see cref="Workers"/> that are far away a round
    /// trip for each step of conjugate gradients, costs the sampled rows once, and leaves the products to one thread. The sums are the same up to rounding, in the last bits of which the policy differs. False by default.
    /// </summary>
    public bool GatherFisherRows { get; init; }

    /// <summary>
    /// The number of earlier iterations whose steps the policy's update reuses, weighted by importance sampling. Reuse costs computation; the gain per environment step
    /// depends on the task. From 0 to 100; 0 by default.
    /// </summary>
    public int ReusedIterations { get; init; }

    /// <summary>The settings of the policy's update.</summary>
    public TrustRegionOptions TrustRegion { get; init; } = new();

    /// <summary>
    /// The radius of the trust region at the end of training, in nats. It changes linearly from the <see cref="TrustRegionOptions.MaxKl"/> of
    /// <see cref="TrustRegion"/>. Positive; null, the default, keeps the radius constant. Ignored if <see cref="Optimizer"/> is set.
    /// </summary>
    public double? FinalMaxKl { get; init; }

    /// <summary>The settings of the value function and of its fit.</summary>
    public ValueFunctionOptions ValueFunction { get; init; } = new();

    /// <summary>The optimizer of the policy. Null, the default, means a <see cref="TrustRegionOptimizer"/> with the settings of <see cref="TrustRegion"/>; another optimizer ignores those.</summary>
    public IPolicyOptimizer? Optimizer { get; init; }

    /// <summary>
    /// The factory of the policy's network, which is disposed when training ends. A small gain of the last layer, such as 0.01, makes the first policy explore.
    /// Libtorch differentiates the network, which takes longer than for the built-in perceptron. Null, the default, means that perceptron, with <see cref="HiddenLayers"/>.
    /// </summary>
    public Func<NetworkArguments, ExportableModule>? Network { get; init; }

    /// <summary>
    /// The factory of the policy's action distribution. Null, the default, means the usual one of the action space: categorical for discrete actions, Bernoulli for
    /// switches, a diagonal Gaussian with <see cref="InitialLogStandardDeviation"/> for continuous actions.
    /// </summary>
    public Func<DistributionArguments, IActionDistribution>? Distribution { get; init; }

    /// <summary>
    /// True if the last slots of the observation are a mask: one slot for each choice of a discrete action (of all dimensions of a multi-discrete one,
    /// in the order of <see cref="ActionSpace.ScoreNames"/>), 1 where the choice is allowed and 0 where it is forbidden. A forbidden choice has the
    /// probability 0, in training and in the exported policy. Normalizers must leave the mask as it is. False by default; supported for discrete and
    /// multi-discrete actions with the usual <see cref="Distribution"/>.
    /// </summary>
    public bool ActionMask { get; init; }

    /// <summary>
    /// The factory of the value function. Null, the default, means a perceptron with the layers and the settings of <see cref="ValueFunction"/>.
    /// </summary>
    public Func<BaselineArguments, IValueFunction>? Baseline { get; init; }

    /// <summary>The trained policy that training begins with: of the same spaces, layers and normalization (<see cref="InitialPolicy.Adapt"/>). The schedule is new; a training that is resumed continues from its checkpoint. Null, the default, means an untrained policy.</summary>
    public InitialPolicy? InitialPolicy { get; init; }

    /// <summary>The names of the observation column and of the columns of the action and its score.</summary>
    public PolicyColumns Columns { get; init; } = new();

    /// <summary>
    /// The receiver of every iteration's results, called before the next iteration begins. A <see cref="Progress{T}"/> forwards them later, on another thread. Null, the default, means <see cref="TrpoProgress.Console"/> where
    /// standard output is an interactive terminal, and none elsewhere: where it is redirected, in services of Windows and in tests. <see cref="TrpoProgress.None"/> means none on a terminal too.
    /// </summary>
    public IProgress<TrpoIteration>? Progress { get; init; }

    /// <summary>
    /// The token that ends training early, between two steps of the environments. <c>Fit</c> then writes a checkpoint, if there are <see cref="Checkpoints"/>, and returns the policy of the
    /// last accepted update; it does not throw. Training resumed from that checkpoint gives the same policy as without the interruption. If a step fails after the cancellation,
    /// with any exception, training ends likewise, but resumes from the last checkpoint before. None by default. The <c>CancelExecution</c> of the context is heard at the same places, but
    /// <c>Fit</c> then throws an <see cref="OperationCanceledException"/> after the checkpoint, as ML.NET's own trainers do.
    /// </summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>The settings of the checkpoints, from which a stopped training is resumed. Null, the default, for none.</summary>
    public CheckpointOptions? Checkpoints { get; init; }

    /// <summary>The conditions under which training counts as diverged, and the response.</summary>
    public HealthOptions Health { get; init; } = new();

    /// <summary>Gets the number of environment steps of the longest iteration, approximately.</summary>
    internal int MaxStepsPerIteration => Math.Max(StepsPerIteration, FinalStepsPerIteration ?? Math.Min(Math.Min(DefaultGrowth * StepsPerIteration, TotalSteps / MinGrowingIterations), 10_000_000));

    /// <summary>Gets the widths of the value function's hidden layers.</summary>
    internal IReadOnlyList<int> ValueLayers => ValueFunction.HiddenLayers ?? HiddenLayers;

    /// <summary>Gets the engine and the device.</summary>
    internal EngineChoice EngineChoice => new(Engine, TorchDevice.Parse(Device, nameof(Device)));

    /// <summary>Throws if a setting is missing, out of its range or does not fit the others. Training does so before it begins.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range; the exception names the setting.</exception>
    /// <exception cref="ArgumentException">A setting is missing or does not fit another one; the exception names the setting.</exception>
    public void Validate()
    {
        Check.Between(TotalSteps, 1, 2_000_000_000);
        Check.Between(StepsPerIteration, 2, 10_000_000);
        if (FinalStepsPerIteration is { } finalSteps)
            Check.Between(finalSteps, 2, 10_000_000, nameof(FinalStepsPerIteration));
        if (Threads is { } threads)
            Check.AtLeast(threads, 1, nameof(Threads));
        if (Shards is { } shards)
            Check.Between(shards, 1, MaxShards, nameof(Shards));
        Check.Between(ReusedIterations, 0, 100);
        Check.Between(Discount, 0, 1);
        Check.Between(GaeLambda, 0, 1);
        Check.Positive(RewardScale);
        Check.NotNegative(EntropyBonus);
        Check.Between(InitialLogStandardDeviation, -10, 2);
        TrpoOptionsCheck.Layers(this);
        TrpoOptionsCheck.Engine(this);
        Check.Fraction(FisherFraction);
        if (ActionMask && Distribution is not null)
            throw new ArgumentException($"{nameof(ActionMask)} forbids choices through the logits of the usual distributions: leave {nameof(Distribution)} out, or forbid them in the distribution.", nameof(ActionMask));
        ArgumentNullException.ThrowIfNull(TrustRegion);
        TrustRegion.Validate();
        if (FinalMaxKl is { } finalMaxKl)
            Check.Positive(finalMaxKl, nameof(FinalMaxKl));
        if (TargetReturn is { } targetReturn)
            Check.Finite(targetReturn, nameof(TargetReturn));
        Evaluation?.Validate();
        if (Evaluation is { } evaluation && evaluation.Every > TotalSteps)
            throw new ArgumentException(FormattableString.Invariant($"{nameof(Evaluation)}.{nameof(EvaluationOptions.Every)} is {evaluation.Every} steps, but the training has {TotalSteps} ({nameof(TotalSteps)}): no evaluation would come before its end. Lower it, or leave {nameof(Evaluation)} out."), nameof(Evaluation));
        ArgumentNullException.ThrowIfNull(ValueFunction);
        ValueFunction.Validate();
        ArgumentNullException.ThrowIfNull(Columns);
        Checkpoints?.Validate();
        ArgumentNullException.ThrowIfNull(Health);
        Health.Validate();
        TrpoOptionsCheck.Workers(this);
    }
}
