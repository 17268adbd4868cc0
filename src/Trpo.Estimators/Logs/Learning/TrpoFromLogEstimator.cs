using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using Trpo.Estimators.Display;
using Trpo.Estimators.Foundation;
using Trpo.Estimators.Logs.Learning.Rewards;
using Trpo.Estimators.NativeLibraries;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Policies;
using Trpo.Estimators.Threading;
using Trpo.Onnx;
using Trpo.Onnx.Rows;
using Trpo.Runtime.Graph;
using Trpo.Runtime.Spaces;

namespace Trpo.Estimators.Logs.Learning;

/// <summary>
/// Trust Region Policy Optimization of a policy's estimated value on a log of decisions, as an ML.NET estimator: it learns from an ordinary data view, one decision per row, behind any transforms. Nothing is played.
/// </summary>
public sealed class TrpoFromLogEstimator : IEstimator<PolicyTransformer>
{
    private readonly IHost _host;
    private readonly LogColumns _columns;
    private readonly TrpoFromLogOptions _options;
    private readonly PolicyColumns _outputs;
    private readonly int _seed;

    internal TrpoFromLogEstimator(IHostEnvironment host, LogColumns columns, TrpoFromLogOptions options)
    {
        options.Validate();
        if (columns.Observation is not { } observation)
            throw new ArgumentException($"{nameof(LogColumns)}.{nameof(LogColumns.Observation)} is null: a policy needs observations to choose its actions by. Name the column.", nameof(columns));
        _host = host.Register(nameof(TrpoFromLogEstimator));
        if (columns.Episode is not null || columns.Step is not null)
            throw new ArgumentException($"{nameof(LogColumns)}.{nameof(LogColumns.Episode)} is '{columns.Episode}', but TrpoFromLog learns from decisions that are independent of each other. Leave {nameof(LogColumns.Episode)} and {nameof(LogColumns.Step)} null if an action changes nothing that comes later; EvaluateFromLog evaluates policies on episodes.", nameof(columns));
        _columns = columns;
        _options = options with { HiddenLayers = [.. options.HiddenLayers] };
        _outputs = options.Columns with { Observation = observation };
        _outputs.Validate(ActionSpace.Discrete("0", "1"));
        _seed = options.Seed ?? _host.Rand.Next();
    }

    /// <summary>Learns a policy.</summary>
    /// <param name="input">The log, one decision per row. The rows are read once and kept in memory.</param>
    /// <returns>The policy. Its actions have the names that the log gives them.</returns>
    /// <exception cref="ArgumentException">A column is missing or of another type, or no probabilities are named.</exception>
    /// <exception cref="LogException">A row has a value that cannot be learned from, which the message names, or the log has too few rows, one action or one reward only. Or the reward model or the estimate is not finite.</exception>
    /// <exception cref="OperationCanceledException">The context was cancelled by its <c>CancelExecution</c>; or <see cref="TrpoFromLogOptions.Cancellation"/> was cancelled before the first step.</exception>
    /// <exception cref="InvalidOperationException">The policy would exceed the size limit of loading.</exception>
    /// <exception cref="DllNotFoundException">The processor has no vectors for managed code, and libtorch is missing or does not load.</exception>
    public PolicyTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        using var cancellation = new WorkCancellation(_host, _options.Cancellation);
        cancellation.ThrowIfCancelled();
        var needsTorch = default(EngineChoice).OfPerceptrons != NetworkEngine.Kernels;
        if (needsTorch)
            TorchRuntime.EnsureLoaded();
        using var channel = _host.Start("Training");
        using var run = new TrainingRun<TrpoFromLogIteration>("TrpoFromLog", _options.Progress ?? TrpoFromLogProgress.Default, message => channel.Warning(MessageSensitivity.None, message));
        return CallerContext.Leave(() =>
        {
            using var withGradients = needsTorch ? GradientMode.Enable() : null;
            return Train(input, channel, run, cancellation);
        });
    }

    /// <summary>Returns the columns of the input and, behind them, the action and its score.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing, or the observation is of another type.</exception>
    /// <exception cref="ArgumentException">No probabilities are named.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        PolicySchema.CheckObservation(inputSchema, _outputs.Observation);
        foreach (var (role, name) in new[] { ("action", _columns.Action), ("reward", _columns.Reward), ("probability", _columns.ProbabilityName ?? throw LogSchema.NoProbability(nameof(inputSchema))), ("mask", _columns.Eligible), ("action features", _columns.ActionFeatures) })
        {
            if (name is not null && inputSchema.All(column => column.Name != name))
                throw new ArgumentOutOfRangeException(nameof(inputSchema), $"Could not find {role} column '{name}'; {nameof(LogColumns)} names the columns to read.");
        }

        var outputs = _outputs.GetOutputShape(ActionSpace.Discrete("0", "1"));
        return new SchemaShape(inputSchema.Where(kept => outputs.All(output => output.Name != kept.Name)).Concat(outputs));
    }

    private PolicyTransformer Train(IDataView input, IChannel channel, TrainingRun<TrpoFromLogIteration> run, WorkCancellation cancellation)
    {
        var log = new LearningLogLoader(_columns, _options, cancellation.ThrowIfCancelled).Load(input, _seed);
        Warn(log, message => Warn(channel, run, message));
        using var threads = new PartThreads(_options.Threads ?? Environment.ProcessorCount, "Trpo.FromLog");
        var policies = LogPolicies.Create(log, _options, _seed, LogLearner.PartsOf(log, _options));
        try
        {
            // A policy that could not be loaded again is refused before it is learned.
            var slots = (ReadOnlyMemory<char>[])[.. DataViewColumns.GetSlotNames(input.Schema[_outputs.Observation]).Select(name => name.AsMemory())];
            Export(policies[0], log, slots, []).Dispose();
            if (_options.Estimator == LearningEstimator.DR)
                log = log with { Expected = Predict(log, cancellation), MinProbability = 1 / (_options.MaxInverseProbability ?? Math.Max(1, Math.Sqrt(log.Training) / 16)) };
            var learner = new LogLearner(log, _options, policies, threads);
            if (_options.Start == LearningStart.LoggingPolicy)
                learner.Imitate(cancellation.ThrowIfCancelled);
            cancellation.ThrowIfCancelled();
            var (best, last) = learner.Learn(iteration => Report(channel, run, iteration with { Run = run }), () => cancellation.IsCancelled);
            cancellation.ThrowIfContextIsCancelled();
            if (best.Iteration == 0)
                Warn(channel, run, NothingLearned(last));
            return Export(policies[0], log, slots, new Dictionary<string, string> { ["iteration"] = Text(best.Iteration), ["outcome"] = $"{last.Outcome}" });
        }
        finally
        {
            LogPolicies.Dispose(policies);
        }
    }

    private string NothingLearned(TrpoFromLogIteration last) => last.Outcome switch
    {
        LearningOutcome.Cancelled => $"Learning was cancelled after {last.Iteration} iterations, none of which was better than the start: the start is returned.",
        LearningOutcome.EffectiveRowsReached => $"Every step from the start would leave less than {nameof(TrpoFromLogOptions.MinEffectiveRows)} effective rows of those of the step: the start is returned. Log more rows, or lower that bound.",
        _ => $"No iteration's policy is better than the start{(_options.HeldOutShare > 0 ? " on the held-out rows" : "")} ({last.Outcome} after {last.Iteration}): the start is returned. Log more rows, or set {nameof(TrpoFromLogOptions.RewardModel)} or {nameof(TrpoFromLogOptions.Estimator)} otherwise.",
    };

    private float[] Predict(LearningLog log, WorkCancellation cancellation)
    {
        var model = log.Rows.Candidates is { } layout ? new CandidateRewards(_options.RewardModel.Model, layout) : _options.RewardModel.Model;
        var expected = CrossFit.Predict(model, log.WithoutMask(), log.Training, _options.Folds, _seed, cancellation.ThrowIfCancelled);
        if (log.Rows.Candidates is not null)
            return expected;
        var counts = log.CountActions();
        for (var start = 0; start < expected.Length; start += counts.Length)
        {
            // Nothing is known of an action without rows, so that nothing is expected of it that could make it more probable.
            var row = expected.AsSpan(start, counts.Length);
            var min = float.PositiveInfinity;
            for (var action = 0; action < row.Length; action++)
                min = counts[action] > 0 ? Math.Min(min, row[action]) : min;
            for (var action = 0; action < row.Length; action++)
                row[action] = counts[action] > 0 ? row[action] : min;
        }

        return expected;
    }

    private void Warn(LearningLog log, Action<string> warn)
    {
        var (counts, propensities) = (log.CountActions(), log.Rows.Propensities);
        var untried = log.Actions.Where((_, action) => counts[action] == 0 && log.Rows.Candidates is null).ToList();
        if (untried.Count > 0)
            warn($"Of {log.Actions.Count} actions, the rows that are learned from have none of {LogSchema.List(untried)}: nothing is known of them, and the policy does not take them.");
        if (propensities.All(probability => probability == propensities[0]))
            warn(string.Create(CultureInfo.InvariantCulture, $"All probabilities in column '{_columns.ProbabilityName}' are {propensities[0]:G6}, which holds for uniformly random actions only. If they were guessed, so is the policy."));
    }

    private PolicyTransformer Export(StochasticPolicy policy, LearningLog log, ReadOnlyMemory<char>[] slots, IEnumerable<KeyValuePair<string, string>> result)
    {
        var provenance = new Dictionary<string, string>(_options.Provenance)
        {
            ["trainer"] = "Trpo.MLNet TRPO from a log",
            ["seed"] = Text(_seed),
            ["rows"] = Text(log.Rows.Count),
            ["estimator"] = $"{_options.Estimator}",
        };
        if (_options.Estimator == LearningEstimator.DR)
            provenance["reward_model"] = $"{_options.RewardModel}";
        foreach (var (name, value) in result)
            provenance[name] = value;
        var metadata = new PolicyMetadata(ObservationSpace.Unbounded(log.Rows.Length, [.. slots.Select(name => name.ToString())]), LogPolicies.Space(log), provenance) { HasActionMask = log.HasMask };
        try
        {
            return new PolicyTransformer(policy.Export(metadata), _outputs, _options.Selection, trust: true);
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidOperationException($"A policy of these layers and actions could not be loaded again: {exception.Message}", exception);
        }
    }

    private static void Warn(IChannel channel, TrainingRun<TrpoFromLogIteration> run, string message)
    {
        channel.Warning(MessageSensitivity.None, message);
        run.Keep(message);
    }

    private static void Report(IChannel channel, TrainingRun<TrpoFromLogIteration> run, TrpoFromLogIteration iteration)
    {
        channel.Info(MessageSensitivity.None, string.Create(CultureInfo.InvariantCulture,
            $"Iteration {iteration.Iteration} of {iteration.Iterations}: value {iteration.Value:G6}{(iteration.HeldOutValue is { } value ? string.Create(CultureInfo.InvariantCulture, $", held out {value:G6} ± {iteration.HeldOutError:G2}{(iteration.IsBest ? " (best)" : "")}") : "")}, {iteration.Update.Outcome}, KL {iteration.Update.MeanKl:G4}, step {iteration.Update.StepFraction:G4}, effective rows {iteration.EffectiveRows:G4} of {iteration.Rows}, entropy {iteration.Entropy:G4}{(iteration.Outcome is { } outcome ? $"; {outcome}" : "")}"));
        run.Report(iteration);
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
