using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Trpo.Estimators.Baselines;
using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Display;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Estimators.Evaluation;
using Trpo.Estimators.Foundation;
using Trpo.Estimators.NativeLibraries;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Policies;
using Trpo.Estimators.Shards;
using Trpo.Estimators.Telemetry;
using Trpo.Estimators.Training;
using Trpo.Onnx;
using Trpo.Onnx.Rows;
using Trpo.Runtime.Graph;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;

namespace Trpo.Estimators;

/// <summary>
/// Trust Region Policy Optimization (Schulman, Levine, Abbeel, Jordan and Moritz 2015) as an ML.NET estimator. Fitting it to an
/// environment's data view, or to transforms of it, trains a policy in that environment; the transforms see every observation on its way.
/// </summary>
public sealed class TrpoEstimator : IEstimator<PolicyTransformer>
{
    private readonly IHost _host;
    private readonly EnvironmentDataView _environment;
    private readonly TrpoOptions _options;
    private readonly PartFactory _parts;
    private readonly int _seed;

    internal TrpoEstimator(IHostEnvironment host, EnvironmentDataView environment, TrpoOptions options)
    {
        options.Validate();
        options.Columns.Validate(environment.ActionSpace);
        if (options.ActionMask)
            ActionMask.Check(environment.ActionSpace);
        if (options.Shards > environment.Count)
            throw new ArgumentException(FormattableString.Invariant($"{nameof(TrpoOptions.Shards)} is {options.Shards}, but each shard needs an environment of its own, and LoadFromEnvironment was given a count of {environment.Count}. Lower {nameof(TrpoOptions.Shards)} to {environment.Count} or less, or raise the count."), nameof(options));
        _host = host.Register(nameof(TrpoEstimator));
        _environment = environment;
        _options = options with
        {
            HiddenLayers = [.. options.HiddenLayers],
            ValueFunction = options.ValueFunction with { HiddenLayers = options.ValueFunction.HiddenLayers is { } layers ? [.. layers] : null },
        };
        _parts = new PartFactory(environment, _options);
        _seed = options.Seed ?? _host.Rand.Next();
    }

    /// <summary>Receives the policy and the value function at the end of a training, before they are disposed; null for nobody.</summary>
    internal Action<StochasticPolicy, IValueFunction>? Trained { get; init; }

    /// <summary>Trains a policy.</summary>
    /// <param name="input">The environment's data view, or row-by-row transforms of it.</param>
    /// <returns>The trained policy; the rows of <paramref name="input"/> can be scored with it like any others.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The observation column is missing or of another type.</exception>
    /// <exception cref="LockStepException">The rows do not come from the environment one by one; the message says why not.</exception>
    /// <exception cref="EnvironmentException">The environment broke its contract or threw an exception, and training was not cancelled; the message names the environment, its index and the step.</exception>
    /// <exception cref="OperationCanceledException">
    /// The context was cancelled by its <c>CancelExecution</c>, before or while the environments were stepped; a checkpoint was written, if there are <see cref="TrpoOptions.Checkpoints"/>. Or the
    /// environments could not be created, and <see cref="TrpoOptions.Cancellation"/> was cancelled, which otherwise returns the policy of the last update.
    /// </exception>
    /// <exception cref="ArgumentException">A custom network has no parameters, or one that cannot be trained; the message names it. Or the observation is shorter than its action mask, or the <see cref="TrpoOptions.InitialPolicy"/> is of other spaces or parts.</exception>
    /// <exception cref="InvalidOperationException">Training would need more memory than there is; libtorch does not have the <see cref="TrpoOptions.Device"/>; a custom part is null, cannot be differentiated, or computes other values than its ONNX form; or the policy would exceed the size limit of loading.</exception>
    /// <exception cref="TrainingException">The update or the value function diverged, or training is unhealthy by <see cref="TrpoOptions.Health"/>, and no rollback is left. The best policy of the evaluations so far is in <see cref="TrainingException.BestPolicy"/>, if the options keep it.</exception>
    /// <exception cref="CheckpointException">Another process uses the folder of <see cref="TrpoOptions.Checkpoints"/>, or training cannot resume from it; the message says why.</exception>
    /// <exception cref="IOException">The first checkpoint, or the last one of a cancelled training, cannot be written.</exception>
    /// <exception cref="DllNotFoundException">Training needs libtorch (<see cref="TorchRuntime"/>), which is missing or does not load.</exception>
    public PolicyTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var column = FindObservation(input.Schema);
        using var cancellation = new WorkCancellation(_host, _options.Cancellation);
        cancellation.ThrowIfContextIsCancelled();
        LoadTorch();
        using var channel = _host.Start("Training");
        using var telemetry = new TrainingTelemetry(_environment.Name, _seed, _options.TotalSteps);
        using var run = new TrainingRun<TrpoIteration>(_environment.Name, _options.Progress ?? TrpoProgress.Default, message => channel.Warning(MessageSensitivity.None, message));
        return CallerContext.Leave(() => telemetry.Record(() => Train(input, column, channel, telemetry, run, cancellation)));
    }

    /// <summary>
    /// Creates the policy that training begins with, without a step of the environment. Its purpose is a check before a long training: a chain with it can be saved
    /// and exported if the chain with the trained policy can.
    /// </summary>
    /// <param name="inputSchema">The schema of the data that <see cref="Fit"/> will be given.</param>
    /// <returns>The untrained policy, to be disposed on its own.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The observation column is missing or of another type.</exception>
    /// <exception cref="ArgumentException">A custom network has no parameters, or one that cannot be trained; or the observation is shorter than its action mask.</exception>
    /// <exception cref="InvalidOperationException">libtorch does not have the <see cref="TrpoOptions.Device"/>; a custom part is null, cannot be differentiated, or computes other values than its ONNX form; the policy would exceed the size limit of loading; or it has no output for a column of the options.</exception>
    /// <exception cref="DllNotFoundException">Training needs libtorch (<see cref="TorchRuntime"/>), which is missing or does not load.</exception>
    public PolicyTransformer CreateUntrained(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        var column = FindObservation(inputSchema);
        LoadTorch();
        using var withGradients = _parts.EnableGradients();
        using var policy = _parts.CreatePolicy(((VectorDataViewType)column.Type).Size, new RandomSource((ulong)_seed).Split());
        return Export(policy, MetadataOf(column, _seed, steps: 0));
    }

    /// <summary>Describes the sizes of the training without a step of the environment: steps, updates, networks, engines and memory.</summary>
    /// <param name="inputSchema">The schema of the data that <see cref="Fit"/> will be given.</param>
    /// <returns>The sizes; their text has a line for each kind.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The observation column is missing or of another type.</exception>
    /// <exception cref="ArgumentException">A custom network has no parameters, or one that cannot be trained; or the observation is shorter than its action mask.</exception>
    /// <exception cref="InvalidOperationException">Training would need more memory than there is, as <see cref="Fit"/> would say; libtorch does not have the <see cref="TrpoOptions.Device"/>; or a custom part is null, cannot be differentiated, or computes other values than its ONNX form.</exception>
    /// <exception cref="DllNotFoundException">Training needs libtorch (<see cref="TorchRuntime"/>), which is missing or does not load.</exception>
    public TrainingPlan Describe(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        var length = ((VectorDataViewType)FindObservation(inputSchema).Type).Size;
        LoadTorch();
        using var withGradients = _parts.EnableGradients();
        using var policy = _parts.CreatePolicy(length, new RandomSource((ulong)_seed).Split());
        return _parts.Plan(policy, length);
    }

    /// <summary>Returns the columns of the input and, behind them, the action and its score.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The observation column is missing or of another type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        var observation = _options.Columns.Observation;
        PolicySchema.CheckObservation(inputSchema, observation, _environment.CombiningAdvice(observation));
        var outputs = _options.Columns.GetOutputShape(_environment.ActionSpace);
        return new SchemaShape(inputSchema.Where(kept => outputs.All(output => output.Name != kept.Name)).Concat(outputs));
    }

    private void LoadTorch()
    {
        if (_parts.NeedsTorch)
            TorchRuntime.EnsureLoaded();
    }

    private PolicyTransformer Train(IDataView input, DataViewSchema.Column column, IChannel channel, TrainingTelemetry telemetry, TrainingRun<TrpoIteration> run, WorkCancellation cancellation)
    {
        try
        {
            // Workers create the environments; this one shows that the transforms work, and is not stepped.
            using var environments = Open(_options.Workers is null ? _environment.Count : 1, Warn);
            using var evaluated = OpenEvaluated();
            return Train(input, environments, evaluated, column, channel, telemetry, run, cancellation);
        }
        catch (EnvironmentException exception) when (cancellation.IsCancelled)
        {
            // Training itself returns its policy when it is cancelled; here there was none yet.
            cancellation.ThrowIfContextIsCancelled();
            throw new OperationCanceledException($"Training was cancelled before it began. {exception.Message}", exception, _options.Cancellation);
        }

        void Warn(string message) => TrpoEstimator.Warn(channel, run, message);

        TransformedVectorEnvironment Open(int count, Action<string> warn) => new(_environment, count, input, column, warn, cancellation: cancellation.Token);

        TransformedVectorEnvironment? OpenEvaluated()
        {
            if (_options.Evaluation is not { } evaluation)
                return null;
            try
            {
                return Open(Math.Min(_environment.Count, evaluation.Episodes), message => Warn($"In an evaluation ({nameof(TrpoOptions)}.{nameof(TrpoOptions.Evaluation)}): {message}"));
            }
            catch (EnvironmentException exception)
            {
                throw new EnvironmentException($"The environments of the evaluations ({nameof(TrpoOptions)}.{nameof(TrpoOptions.Evaluation)}), which are created beside those of the training: {exception.Message}", exception);
            }
        }
    }

    private PolicyTransformer Train(IDataView input, TransformedVectorEnvironment environments, TransformedVectorEnvironment? evaluated, DataViewSchema.Column column, IChannel channel, TrainingTelemetry telemetry, TrainingRun<TrpoIteration> run, WorkCancellation cancellation)
    {
        // Parameters are created and trained with gradients, whatever modes the caller has set.
        using var withGradients = _parts.EnableGradients();

        // One stream each, so that a change in how one part draws does not move the others.
        var random = new RandomSource((ulong)_seed);
        var (policyRandom, valueRandom, rolloutRandom) = (random.Split(), random.Split(), random.Split());
        using var policy = _parts.CreatePolicy(environments.ObservationLength, policyRandom);
        var valueFunction = _parts.CreateValueFunction(environments.ObservationLength, valueRandom);
        using var valueFunctionScope = valueFunction as IDisposable;
        using var threads = TorchLimit.ForLittleWork(_options, policy.IsComputedByTorch, policy.Length);
        var warnings = new TrainingWarnings(_environment, column, _options, message => Warn(channel, run, message));
        warnings.WarnOfActionsOutOfReach();
        using (var untrained = Export(policy, MetadataOf(column, _seed, steps: 0)))
            warnings.WarnOfRefusal(untrained);
        var parts = new TrainingParts
        {
            Policy = policy,
            CopyPolicy = source => _parts.CreatePolicy(environments.ObservationLength, source, isCopy: true),
            ValueFunction = valueFunction,
            Optimizer = _options.Optimizer,
            Environments = environments,
            EnvironmentCount = _environment.Count,
            ActionSpace = _environment.ActionSpace,
            RolloutRandom = rolloutRandom,
            PartRandoms = [policyRandom, valueRandom],
            Evaluate = evaluated is null ? null : seed => Play(policy, evaluated, column, seed, cancellation),
            Seed = _seed,
        };
        using var trainer = TrpoTrainer.Open(_options with { Cancellation = cancellation.Token }, parts, new TrainingMessages
        {
            Report = iteration => Report(channel, run, iteration with { Engine = policy.Engine.ToTrainingEngine(), ValueEngine = (valueFunction as ValueNetwork)?.Engine.ToTrainingEngine(), Device = $"{_options.EngineChoice.Device}", Run = run }),
            Inform = message => channel.Info(MessageSensitivity.None, message),
            Warn = message => Warn(channel, run, message),
            Telemetry = telemetry,
            AskContext = cancellation.Ask,
            Collected = () => warnings.WarnOfIgnored(environments),
            FirstObservations = _options.NormalizeObservations ? null : warnings.WarnOfScale,
        }, _options.Workers is null ? null : RemoteSetup.Create(_host, _environment, input, _options, policy, valueFunction));
        var isComplete = Run(trainer, policy, column, message => Warn(channel, run, message));
        if (!isComplete)
            cancellation.ThrowIfContextIsCancelled();
        Trained?.Invoke(policy, valueFunction);
        if (isComplete && double.IsNaN(trainer.MeanReturnOfLast100))
            Warn(channel, run, $"No episode of environment '{_environment.Name}' ended within {trainer.Steps} steps.");
        if (trainer.KeepBest(isComplete) is not var (steps, evaluation))
            return Export(policy, MetadataOf(column, trainer.Seed, trainer.Steps));
        if (evaluation is null)
            cancellation.ThrowIfContextIsCancelled();
        return Export(policy, MetadataOf(column, trainer.Seed, steps, evaluation));
    }

    // A training that diverged may have had a good policy before.
    private bool Run(TrpoTrainer trainer, StochasticPolicy policy, DataViewSchema.Column column, Action<string> warn)
    {
        try
        {
            return trainer.Run();
        }
        catch (TrainingException exception) when (trainer.HasBest)
        {
            try
            {
                if (trainer.KeepBest(isComplete: true) is var (steps, evaluation))
                    exception.BestPolicy = Export(policy, MetadataOf(column, trainer.Seed, steps, evaluation));
            }
            catch (Exception failure)
            {
                // Why training diverged is worth more than why its best policy cannot be had.
                warn($"The best policy of the evaluations is lost, because it could not be evaluated or exported after the training diverged: {failure.GetType().Name}: {failure.Message}");
            }

            throw;
        }
    }

    // The policy that is evaluated is the one that would be deployed.
    private IReadOnlyList<double> Play(StochasticPolicy policy, TransformedVectorEnvironment environments, DataViewSchema.Column column, int seed, WorkCancellation cancellation)
    {
        using var exported = Export(policy, MetadataOf(column, _seed, steps: 0));
        return [.. PolicyEvaluator.Run(exported, environments, _options.Evaluation!.Episodes, seed, cancellation).Select(episode => episode.Return)];
    }

    private DataViewSchema.Column FindObservation(DataViewSchema schema) =>
        WarmStart.Checked(_options.InitialPolicy, PolicySchema.FindObservation(schema, _options.Columns.Observation, length: null, _environment.CombiningAdvice(_options.Columns.Observation)));

    // Called before training too: a policy that could not be loaded again, or has no output for a column, is refused before it is trained.
    private PolicyTransformer Export(StochasticPolicy policy, PolicyMetadata metadata)
    {
        try
        {
            return new PolicyTransformer(policy.Export(metadata), _options.Columns, selection: null, trust: true);
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidOperationException($"A policy of this network and these actions could not be loaded again: {exception.Message}", exception);
        }
    }

    private PolicyMetadata MetadataOf(DataViewSchema.Column column, int seed, int steps, TrpoEvaluation? evaluation = null)
    {
        var observations = ObservationSpace.Unbounded(((VectorDataViewType)column.Type).Size, [.. DataViewColumns.GetSlotNames(column)]);
        return new PolicyMetadata(observations, _environment.ActionSpace, PolicyProvenance.Of(_environment.Name, seed, steps, _options.InitialPolicy, evaluation), PolicySchema.GetInputColumns(_environment.Schema))
        {
            HasActionMask = _options.ActionMask,
        };
    }

    private static void Warn(IChannel channel, TrainingRun<TrpoIteration> run, string message)
    {
        channel.Warning(MessageSensitivity.None, message);
        run.Keep(message);
    }

    private static void Report(IChannel channel, TrainingRun<TrpoIteration> run, TrpoIteration iteration)
    {
        channel.Info(MessageSensitivity.None, string.Create(CultureInfo.InvariantCulture,
            $"Iteration {iteration.Iteration}: {iteration.Steps} of {iteration.TotalSteps} steps, mean return {iteration.MeanReturn:G6}, {iteration.Update.Outcome}, KL {iteration.Update.MeanKl:G4}, step {iteration.Update.StepFraction:G4}, entropy {iteration.Entropy:G4}, explained variance {iteration.ExplainedVariance:G4}{(iteration.Evaluation is { } evaluation ? string.Create(CultureInfo.InvariantCulture, $", evaluated at {evaluation.MeanReturn:G6}") : "")}"));
        run.Report(iteration);
    }
}
