using Microsoft.ML;
using Microsoft.ML.Runtime;
using Trpo.Estimators.Baselines;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.Checking;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Estimators.Environments.Stepping;
using Trpo.Estimators.Evaluation;
using Trpo.Estimators.Foundation;
using Trpo.Estimators.Logs;
using Trpo.Estimators.Logs.Checking;
using Trpo.Estimators.Logs.Evaluation;
using Trpo.Estimators.Policies;
using Trpo.Estimators.Probing;
using Trpo.Onnx;

namespace Trpo.Estimators;

/// <summary>The catalog of reinforcement learning: environments, checks, trainers and evaluation, as <c>mlContext.ReinforcementLearning</c>.</summary>
public sealed partial class ReinforcementLearningCatalog
{
    private readonly IHostEnvironment _host;

    internal ReinforcementLearningCatalog(MLContext ml)
    {
        ArgumentNullException.ThrowIfNull(ml);
        _host = ml;
        Trainers = new ReinforcementLearningTrainers(_host);
    }

    /// <summary>The trainers.</summary>
    public ReinforcementLearningTrainers Trainers { get; }

    /// <summary>Creates a data view of an environment, which pipelines are fitted on.</summary>
    /// <param name="factory">Creates a new environment; called once per environment and once for the spaces.</param>
    /// <param name="count">The number of environments to step side by side, at least 1; 8 by default.</param>
    /// <param name="observationColumnName">The name of the column of observations, "Observation" by default. Must be null for an environment whose observation space has columns.</param>
    /// <param name="rows">The number of observations of a uniformly random policy that upstream transforms are fitted on, at least 1; 4,096 by default. They are computed once and kept, up to 256 MiB.</param>
    /// <param name="seed">The seed of those observations; 0 by default.</param>
    /// <param name="episodeStepLimit">
    /// The number of steps, at least 1, after which training and evaluation truncate an episode, with a warning, if the environment declares no
    /// <see cref="IEnvironment.MaxEpisodeSteps"/>; 10,000 by default.
    /// </param>
    /// <param name="threads">
    /// The number of threads that step and reset the environments in training and evaluation, including the calling thread; at least 1, 1 by default, limited to <paramref name="count"/>.
    /// Results do not depend on the number of threads. More than 1 pays if a step takes more than some microseconds. In a training with several <see cref="TrpoOptions.Shards"/>, as long
    /// iterations have by default, they are divided among the shards, which also call upstream transforms, and <paramref name="factory"/> for restarts, on several threads at once; at most so many environments are stepped at a time.
    /// </param>
    /// <param name="cancellation">
    /// Ends the computation of those observations between two steps: reading them, as in the <c>Fit</c> of an upstream transform, throws an <see cref="OperationCanceledException"/>.
    /// Trainings and evaluations have tokens of their own.
    /// </param>
    /// <param name="stepTimeout">
    /// The longest time, up to 24 days, that a step or a reset may take in training and evaluation; null, the default, for no limit. An asynchronous step that takes longer is given up, and its
    /// environment has failed. A synchronous one cannot be ended: training or evaluation ends with an <see cref="EnvironmentException"/> that names the environment, after
    /// a checkpoint of the state before the iteration, where the training writes checkpoints. With a limit, synchronous environments are stepped on threads of their own, never on the calling thread, which costs some microseconds a step.
    /// </param>
    /// <param name="maxRestarts">
    /// The number of times, at least 0, that a training or an evaluation replaces a failed environment by a new one of the factory; 0, the default, ends it at the first failure. Counted over all environments; those of
    /// several <see cref="TrpoOptions.Shards"/> may exceed it within one rollout, whose end then ends the training.
    /// The episode is dropped: training keeps its steps but not its return, an evaluation plays it again. Each restart is a warning, and <see cref="TrpoIteration.Restarts"/> counts them.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    /// <exception cref="ArgumentException"><paramref name="observationColumnName"/> is empty, or given to an environment with columns of its own; or the factory returned null.</exception>
    /// <exception cref="EnvironmentException">The factory, a property of the environment or its Dispose threw an exception, or the environment has no name or no space.</exception>
    public EnvironmentDataView LoadFromEnvironment(
        Func<IEnvironment> factory,
        int count = 8,
        string? observationColumnName = null,
        int rows = 4_096,
        int seed = 0,
        int episodeStepLimit = 10_000,
        int threads = 1,
        TimeSpan? stepTimeout = null,
        int maxRestarts = 0,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(factory);
        var stepping = new SteppingOptions { Threads = threads, StepTimeout = stepTimeout, MaxRestarts = maxRestarts };
        return CallerContext.Leave(() => new EnvironmentDataView(_host, factory, count, observationColumnName, rows, seed, episodeStepLimit, stepping, cancellation));
    }

    /// <summary>
    /// Checks an environment before it is trained in: with random actions, actions at the bounds, equal and different seeds, and two instances
    /// in turn. Reports violations of the contract of <see cref="IEnvironment"/>, and properties that make learning hard or slow.
    /// </summary>
    /// <param name="factory">Creates a new environment; called three times. The environments are disposed.</param>
    /// <param name="steps">The number of steps of a random policy, at least 1; 10,000 by default. The other checks together take at most about twice as many.</param>
    /// <param name="episodeStepLimit">The number of steps, at least 1, after which an episode is truncated if the environment declares no limit, as in <see cref="LoadFromEnvironment"/>; 10,000 by default.</param>
    /// <param name="seed">The seed of all seeds and actions; 0 by default.</param>
    /// <param name="cancellation">Ends the check between two steps; a step that never returns cannot be ended.</param>
    /// <returns>The report. Exceptions of the environment become findings.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is less than 1.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/>, or the context by its <c>CancelExecution</c>, was cancelled.</exception>
    public EnvironmentReport CheckEnvironment(Func<IEnvironment> factory, int steps = 10_000, int episodeStepLimit = 10_000, int seed = 0, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(factory);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(episodeStepLimit, 1);
        using var work = new WorkCancellation(_host, cancellation);
        return CallerContext.Leave(() => new EnvironmentChecker(factory, steps, episodeStepLimit, seed, work.ThrowIfCancelled).Run());
    }

    /// <summary>
    /// Probes the parts that options name: network, distribution, baseline, optimizer and their settings are trained in five environments whose answers are known (a constant value, a value of the
    /// observation, discounting, an action, an action of the observation), and gradients, curvatures and updates are measured on the way. It takes a second or two with the built-in parts.
    /// </summary>
    /// <param name="options">
    /// The options. What describes the task and its length (steps, discount, lambda, bonus, seed, workers, checkpoints, evaluations) is the probes' own, and the radius of the trust region is at least 0.01. An
    /// <see cref="TrpoOptions.Optimizer"/> gets problems of different lengths.
    /// </param>
    /// <param name="probe">The settings of the probes; null means the defaults.</param>
    /// <returns>The report. Exceptions of the parts are failures in it.</returns>
    /// <exception cref="ArgumentException">A setting is out of its range; or the distribution can be created for neither kind of actions.</exception>
    /// <exception cref="OperationCanceledException"><see cref="ProbeOptions.Cancellation"/>, or the context by its <c>CancelExecution</c>, was cancelled.</exception>
    public ProbeReport Probe(TrpoOptions options, ProbeOptions? probe = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Probe(options, probe ?? new ProbeOptions(), new ProbeJoints());
    }

    /// <summary>
    /// Evaluates a trained policy over a number of episodes. To compare its actions with labels, use <c>MulticlassClassification.Evaluate</c> with <c>predictedLabelColumnName: "Action"</c>.
    /// </summary>
    /// <param name="model">The policy, or a chain with the policy in it; the transforms before the policy are applied to the observations.</param>
    /// <param name="environment">The environment.</param>
    /// <param name="episodes">The number of episodes, at least 1; 100 by default.</param>
    /// <param name="seed">The seed of the episodes' seeds; 0 by default. The result does not depend on the number of environments.</param>
    /// <param name="selection">
    /// The selection of actions: <see cref="ActionSelection.Mode"/> for deterministic actions, or <see cref="ActionSelection.Sample"/> for drawn ones, which are
    /// repeatable only with a seed. Null, the default, is the policy's own selection, which is deterministic unless it was set.
    /// </param>
    /// <param name="progress">Receives every episode when it ends, on the calling thread, not in the order of the index; or null.</param>
    /// <param name="cancellation">Ends the evaluation between two steps.</param>
    /// <returns>The results of the episodes, and their statistics.</returns>
    /// <exception cref="ArgumentException">The model has no policy, or the policy was trained on other columns or actions than the environment has.</exception>
    /// <exception cref="LockStepException">A transform before the policy does not work row by row.</exception>
    /// <exception cref="EnvironmentException">The environment broke its contract or threw an exception.</exception>
    /// <exception cref="InvalidOperationException">Actions are to be drawn, but the policy has no outputs for the parameters of its distribution.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/>, or the context by its <c>CancelExecution</c>, was cancelled.</exception>
    public PolicyEvaluation Evaluate(
        ITransformer model,
        EnvironmentDataView environment,
        int episodes = 100,
        int seed = 0,
        ActionSelection? selection = null,
        IProgress<EpisodeResult>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Evaluate(environment, episodes, (warn, work) => PolicyEvaluator.Run(PolicyChain.FromModel(model), environment, episodes, seed, selection, progress, warn, work), cancellation);
    }

    /// <inheritdoc cref="EvaluateFromLog(ITransformer, IDataView, LogColumns, LogEvaluationOptions)"/>
    public LogEvaluation EvaluateFromLog(ITransformer policy, IDataView view, LogColumns columns) => EvaluateFromLog(policy, view, columns, new LogEvaluationOptions());

    /// <summary>
    /// Estimates the mean reward per decision that a policy would have had, or its mean return per episode where <see cref="LogColumns.Episode"/> is set, from decisions that another policy made and logged with their probabilities; nothing is played. The rows are read once, in
    /// one pass, and kept in memory, as are the probabilities of all actions. Use rows that the policy was not trained on.
    /// </summary>
    /// <param name="policy">The policy, or a chain with the policy in it, over discrete actions; the transforms before the policy are applied to the rows.</param>
    /// <param name="view">The log, one decision per row.</param>
    /// <param name="columns">The names of the columns.</param>
    /// <param name="options">The options.</param>
    /// <returns>The estimates, the number of rows that they rest on, the gain over the logging policy, and baselines.</returns>
    /// <exception cref="ArgumentException">The model has no policy or one over other actions than the log, a column is missing or of another type, or the policy takes forbidden actions.</exception>
    /// <exception cref="LogException">A row has a value that cannot be evaluated, or there are less than two rows or episodes. <see cref="CheckLog"/> lists the faults of all rows.</exception>
    /// <exception cref="OperationCanceledException"><see cref="LogEvaluationOptions.Cancellation"/>, or the context by its <c>CancelExecution</c>, was cancelled.</exception>
    public LogEvaluation EvaluateFromLog(ITransformer policy, IDataView view, LogColumns columns, LogEvaluationOptions options)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return EvaluateFromLog(() => new TransformerPolicy(policy, options.Selection), view, columns, options);
    }

    /// <inheritdoc cref="EvaluateFromLog(Func{LoggedContext, double[]}, IDataView, LogColumns, LogEvaluationOptions)"/>
    public LogEvaluation EvaluateFromLog(Func<LoggedContext, double[]> policy, IDataView view, LogColumns columns) => EvaluateFromLog(policy, view, columns, new LogEvaluationOptions());

    /// <param name="policy">A rule, or a model from elsewhere: a function from the context to the probabilities of all actions, called once per row in the order of the view.</param>
    /// <param name="view">The log, one decision per row.</param>
    /// <param name="columns">The names of the columns.</param>
    /// <param name="options">The options.</param>
    /// <inheritdoc cref="EvaluateFromLog(ITransformer, IDataView, LogColumns, LogEvaluationOptions)"/>
    public LogEvaluation EvaluateFromLog(Func<LoggedContext, double[]> policy, IDataView view, LogColumns columns, LogEvaluationOptions options)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(columns);
        return EvaluateFromLog(() => new RulePolicy(policy, options.Actions, columns.Observation), view, columns, options);
    }

    /// <summary>
    /// Checks a log of decisions before a policy is evaluated or learned from it: values that no evaluation can work with, and signs that the probabilities were not those with which actions were
    /// drawn. The rows are read once; of each, at most two hashes, its episode and its step are kept.
    /// </summary>
    /// <param name="view">The log, one decision per row. The column of observations may be missing: rows that were logged twice are not found then.</param>
    /// <param name="columns">The names of the columns.</param>
    /// <param name="cancellation">Ends the check between two rows.</param>
    /// <returns>The report.</returns>
    /// <exception cref="ArgumentException">A column is missing or of another type, or none is named for the probabilities.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/>, or the context by its <c>CancelExecution</c>, was cancelled.</exception>
    public LogReport CheckLog(IDataView view, LogColumns columns, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(view);
        ArgumentNullException.ThrowIfNull(columns);
        using var work = new WorkCancellation(_host, cancellation);
        return CallerContext.Leave(() => new LogChecker(columns, work.ThrowIfCancelled).Run(view));
    }

    /// <inheritdoc cref="PolicyModel.ExportToOnnx(ITransformer, string)"/>
    public void ExportToOnnx(ITransformer model, string path) => PolicyModel.ExportToOnnx(model, path);

    /// <inheritdoc cref="PolicyModel.ExportToOnnx(ITransformer, string, DataViewSchema?)"/>
    public void ExportToOnnx(ITransformer model, string path, DataViewSchema? inputSchema) => PolicyModel.ExportToOnnx(model, path, inputSchema);

    /// <inheritdoc cref="PolicyModel.ExportToOnnx(ITransformer, string, Stream)"/>
    public void ExportToOnnx(ITransformer model, string path, Stream preprocessing) => PolicyModel.ExportToOnnx(model, path, preprocessing);

    /// <inheritdoc cref="PolicyModel.ExportToOnnx(ITransformer, string, IDataView)"/>
    public void ExportToOnnx(ITransformer model, string path, IDataView compareOn) => PolicyModel.ExportToOnnx(model, path, compareOn);

    /// <inheritdoc cref="PolicyModel.ExportToOnnx(ITransformer, string, DataViewSchema?, IDataView)"/>
    public void ExportToOnnx(ITransformer model, string path, DataViewSchema? inputSchema, IDataView compareOn) => PolicyModel.ExportToOnnx(model, path, inputSchema, compareOn);

    /// <inheritdoc cref="PolicyModel.ExportToOnnx(ITransformer, string, Stream, IDataView)"/>
    public void ExportToOnnx(ITransformer model, string path, Stream preprocessing, IDataView compareOn) => PolicyModel.ExportToOnnx(model, path, preprocessing, compareOn);

    private PolicyEvaluation Evaluate(EnvironmentDataView environment, int episodes, Func<Action<string>, WorkCancellation, PolicyEvaluation> run, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentOutOfRangeException.ThrowIfLessThan(episodes, 1);
        using var channel = _host.Start("Evaluation");
        using var work = new WorkCancellation(_host, cancellation);
        return CallerContext.Leave(() => run(message => channel.Warning(MessageSensitivity.None, message), work));
    }

    /// <summary>Probes options with faults at the joints.</summary>
    internal ProbeReport Probe(TrpoOptions options, ProbeOptions probe, ProbeJoints joints)
    {
        options.Validate();
        probe.Validate();
        using var work = new WorkCancellation(_host, probe.Cancellation);
        return CallerContext.Leave(() => new ProbeSuite(options, probe, Train, work.ThrowIfCancelled) { Joints = joints }.Run());

        void Train(Func<IEnvironment> factory, int count, TrpoOptions settings, Action<StochasticPolicy, IValueFunction> inspect)
        {
            var environment = LoadFromEnvironment(factory, count);
            new TrpoEstimator(_host, environment, settings) { Trained = inspect }.Fit(environment).Dispose();
        }
    }

    private LogEvaluation EvaluateFromLog(Func<ILogPolicy> open, IDataView view, LogColumns columns, LogEvaluationOptions options)
    {
        ArgumentNullException.ThrowIfNull(view);
        ArgumentNullException.ThrowIfNull(columns);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (options.Discount != 1 && columns.Episode is null)
            throw new ArgumentException(FormattableString.Invariant($"{nameof(LogEvaluationOptions)}.{nameof(LogEvaluationOptions.Discount)} is {options.Discount:G6}, but decisions without episodes have no steps to discount. Name the column of the episodes ({nameof(LogColumns)}.{nameof(LogColumns.Episode)}), or leave {nameof(LogEvaluationOptions.Discount)} at 1."), nameof(options));
        using var work = new WorkCancellation(_host, options.Cancellation);
        return CallerContext.Leave(() =>
        {
            using var policy = open();
            return LogEvaluator.Run(() => LogLoader.Load(policy, view, columns, work.ThrowIfCancelled), options, work.ThrowIfCancelled);
        });
    }
}
