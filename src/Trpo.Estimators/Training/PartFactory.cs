using Trpo.Estimators.Baselines;
using Trpo.Estimators.Distributions;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Estimators.Foundation;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Optimization;
using Trpo.Estimators.Policies;
using Trpo.Estimators.Resuming;
using Trpo.Runtime.Randomness;

namespace Trpo.Estimators.Training;

/// <summary>The factory of the policy and the value function of a training. It refuses options that fit neither the environment nor the memory.</summary>
/// <param name="environment">The environment.</param>
/// <param name="options">The options, which are valid.</param>
internal sealed class PartFactory(EnvironmentDataView environment, TrpoOptions options)
{
    // A last layer this small makes the first policy nearly uniform, so that it explores (Andrychowicz et al. 2021, section 3.2).
    private const double PolicyOutputGain = 0.01;

    /// <summary>True if libtorch computes a network, or a part is of the user's own and may ask it to. The built-in parts compute in managed code wherever the processor has the vectors for it.</summary>
    public bool NeedsTorch { get; } = options.Network is not null || options.Distribution is not null || options.Baseline is not null
        || options.Optimizer is not (null or AuditedOptimizer { NeedsTorch: false }) || options.EngineChoice.OfPerceptrons != NetworkEngine.Kernels;

    /// <summary>Enables libtorch's gradients where it is needed, whatever mode the caller has set; null where it is not.</summary>
    public IDisposable? EnableGradients() => NeedsTorch ? GradientMode.Enable() : null;

    /// <summary>Creates the policy, on the device of the options.</summary>
    /// <param name="observationLength">The number of values of an observation.</param>
    /// <param name="random">The source of the initial weights.</param>
    /// <param name="isCopy">True for a copy of a policy that was created before, whose state is restored into it.</param>
    /// <exception cref="ArgumentException">A custom network has no parameters, or one that cannot be trained; the observation is shorter than its action mask; or the initial policy is of other spaces or parts.</exception>
    /// <exception cref="InvalidOperationException">Training would need more memory than there is; a custom part is null, cannot be differentiated, or computes other values than its ONNX form; or libtorch does not have the device.</exception>
    public StochasticPolicy CreatePolicy(int observationLength, RandomSource random, bool isCopy = false)
    {
        options.EngineChoice.Device.Require();
        var mask = options.ActionMask ? new ActionMask(environment.ActionSpace, observationLength) : null;
        var distribution = CreateDistribution();
        if (options.Distribution is not null && !isCopy)
            ActionDistributionCheck.VerifyExport(distribution, environment.ActionSpace);
        if (options.Network is null && !isCopy)
            CheckMemory(observationLength, distribution);
        var network = options.Network is null
            ? DifferentiableNetwork.For(PerceptronModel.Create(observationLength, options.HiddenLayers, distribution.NetworkOutputs, options.HiddenActivation, PolicyOutputGain, isCopy ? null : random), options.EngineChoice)
            : CreateNetwork(options.Network, observationLength, distribution.NetworkOutputs, random, isCopy);
        try
        {
            var policy = new StochasticPolicy(network, distribution)
            {
                Normalizer = options.NormalizeObservations ? new ObservationNormalizer(observationLength - (mask?.Length ?? 0), observationLength) : null,
                Mask = mask,
            };
            if (!isCopy && options.InitialPolicy is { } initial)
                new WarmStart(initial, options, environment).Apply(policy, observationLength);
            return policy;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    private IDifferentiableNetwork CreateNetwork(Func<NetworkArguments, ExportableModule> create, int inputs, int outputs, RandomSource random, bool isCopy)
    {
        var module = Made(create(new NetworkArguments { Inputs = inputs, Outputs = outputs, Random = random }), nameof(TrpoOptions.Network));
        try
        {
            options.EngineChoice.Device.Take(module);
            if (!isCopy)
                ExportableModuleCheck.Verify(module, inputs, outputs);
            return DifferentiableNetwork.For(module, outputs, options.EngineChoice);
        }
        catch
        {
            module.Dispose();
            throw;
        }
    }

    /// <summary>Creates the value function.</summary>
    /// <param name="observationLength">The number of values of an observation.</param>
    /// <param name="random">The source of the initial weights.</param>
    /// <exception cref="InvalidOperationException">The factory of a custom one returned null.</exception>
    /// <exception cref="ArgumentException">The initial policy has a value function of another kind or of other layers.</exception>
    public IValueFunction CreateValueFunction(int observationLength, RandomSource random)
    {
        var values = options.Baseline is null
            ? new ValueNetwork(observationLength, options.HiddenLayers, options.HiddenActivation, options.ValueFunction, random, options.EngineChoice)
            : Made(options.Baseline(new BaselineArguments { ObservationLength = observationLength, Random = random }), nameof(TrpoOptions.Baseline));
        try
        {
            if (options.InitialPolicy is { } initial)
                new WarmStart(initial, options, environment).Apply(values);
            return values;
        }
        catch
        {
            (values as IDisposable)?.Dispose();
            throw;
        }
    }

    /// <summary>Describes the sizes of the training.</summary>
    /// <param name="policy">The policy of <see cref="CreatePolicy"/>.</param>
    /// <param name="observationLength">The number of values of an observation.</param>
    /// <exception cref="InvalidOperationException">Training would need more memory than there is.</exception>
    public TrainingPlan Plan(StochasticPolicy policy, int observationLength)
    {
        // Which environments step asynchronously is only known when all are created.
        var sizes = TrainingSizes.Of(options, policy, environment.Count, observationLength, environment.ActionSpace.Length) with { KeepsIterationStart = environment.StepTimeout is not null };
        var schedule = IterationSchedule.Of(options, environment.Count);
        sizes = sizes with { Shards = ShardCount.Of(options, sizes, schedule) };
        MemoryEstimate.Check(options, sizes, schedule);
        var hasValueNetwork = options.Baseline is null;
        return new TrainingPlan
        {
            Environment = environment.Name,
            Environments = environment.Count,
            TotalSteps = schedule.LastStep * environment.Count,
            Updates = schedule.LastIteration,
            FirstIterationSteps = schedule.StepsOf(1) * environment.Count,
            LastIterationSteps = schedule.StepsOf(schedule.LastIteration) * environment.Count,
            ReusedIterations = options.ReusedIterations,
            MaxRows = (long)schedule.MaxSteps * environment.Count * (options.ReusedIterations + 1),
            Shards = sizes.Shards,
            PolicyWidths = [observationLength, .. sizes.PolicyLayers, sizes.NetworkOutputs],
            PolicyParameters = sizes.PolicyLength,
            PolicyEngine = sizes.PolicyEngine.ToTrainingEngine(),
            ValueWidths = hasValueNetwork ? [observationLength, .. options.ValueLayers, 1] : [],
            ValueParameters = hasValueNetwork ? TrainingSizes.PerceptronLength(observationLength, options.ValueLayers, outputs: 1) : 0,
            ValueEngine = hasValueNetwork ? sizes.ValueEngine.ToTrainingEngine() : null,
            Device = $"{options.EngineChoice.Device}",
            Memory = new MemoryEstimate(options, sizes, schedule.MaxSteps).Describe(MemoryEstimate.Available),
        };
    }

    /// <summary>Describes the sizes of a part of the training with perceptrons, before they are created.</summary>
    /// <param name="observationLength">The number of values of an observation.</param>
    /// <param name="environments">The number of environments of the part.</param>
    public TrainingSizes SizesOf(int observationLength, int environments) => SizesOf(observationLength, environments, CreateDistribution());

    private TrainingSizes SizesOf(int observationLength, int environments, IActionDistribution distribution) => TrainingSizes.OfPerceptron(
        options, environments, observationLength, environment.ActionSpace.Length, distribution.NetworkOutputs, distribution.NetworkOutputs + distribution.StateIndependentParameters.Count);

    // Perceptrons that would not fit into memory are not even created.
    private void CheckMemory(int observationLength, IActionDistribution distribution) =>
        MemoryEstimate.Check(options, SizesOf(observationLength, environment.Count, distribution), IterationSchedule.Of(options, environment.Count));

    private IActionDistribution CreateDistribution() => options.Distribution is null
        ? ActionDistribution.For(environment.ActionSpace, options.InitialLogStandardDeviation, options.RescaleActions)
        : Made(options.Distribution(new DistributionArguments { Actions = environment.ActionSpace }), nameof(TrpoOptions.Distribution));

    private static T Made<T>(T? part, string option) where T : class =>
        part ?? throw new InvalidOperationException($"The factory in {nameof(TrpoOptions)}.{option} returned null.");
}
