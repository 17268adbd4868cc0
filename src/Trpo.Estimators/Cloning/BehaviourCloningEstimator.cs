using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using Trpo.Estimators.Distributions;
using Trpo.Estimators.Foundation;
using Trpo.Estimators.Logs;
using Trpo.Estimators.NativeLibraries;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Optimization;
using Trpo.Estimators.Policies;
using Trpo.Onnx;
using Trpo.Onnx.Rows;
using Trpo.Runtime.Graph;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;

namespace Trpo.Estimators.Cloning;

/// <summary>
/// A policy that imitates rows of observations and actions, by the steps of TRPO's own optimizer: each makes the actions of the rows more probable within a trust region. It is a start for a training
/// (<see cref="InitialPolicy.FromModel"/>): what rows do not show, such as how to return from a mistake, it does not know.
/// </summary>
public sealed class BehaviourCloningEstimator : IEstimator<PolicyTransformer>
{
    // A last layer this small makes the first policy nearly uniform.
    private const double OutputGain = 0.01;

    // Steps on other rows may still improve after one that does not.
    private const int MaxRejectedInARow = 10;

    private readonly IHost _host;
    private readonly ActionSpace _actions;
    private readonly BehaviourCloningOptions _options;
    private readonly int _seed;

    internal BehaviourCloningEstimator(IHostEnvironment host, ActionSpace actions, BehaviourCloningOptions options)
    {
        options.Validate();
        options.Columns.Validate(actions);
        _host = host.Register(nameof(BehaviourCloningEstimator));
        (_actions, _options) = (actions, options with { HiddenLayers = [.. options.HiddenLayers] });
        _seed = options.Seed ?? _host.Rand.Next();
    }

    /// <summary>Fits a policy to the rows.</summary>
    /// <param name="input">The rows, which are read once and kept in memory.</param>
    /// <exception cref="ArgumentException">A column is missing or of another type.</exception>
    /// <exception cref="LogException">A row has a value that is missing or not finite, or an action that the space does not have, which the message names; or there is no row.</exception>
    /// <exception cref="OperationCanceledException"><see cref="BehaviourCloningOptions.Cancellation"/>, or the context by its <c>CancelExecution</c>, was cancelled.</exception>
    /// <exception cref="InvalidOperationException">The policy would exceed the size limit of loading.</exception>
    /// <exception cref="DllNotFoundException">The processor has no vectors for managed code, and libtorch is missing or does not load.</exception>
    public PolicyTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        using var cancellation = new WorkCancellation(_host, _options.Cancellation);
        var needsTorch = default(EngineChoice).OfPerceptrons != NetworkEngine.Kernels;
        if (needsTorch)
            TorchRuntime.EnsureLoaded();
        using var channel = _host.Start("Cloning");
        return CallerContext.Leave(() =>
        {
            using var withGradients = needsTorch ? GradientMode.Enable() : null;
            return Fit(input, channel, cancellation);
        });
    }

    /// <summary>Returns the columns of the input and, behind them, the action and its score.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing, or the observation is of another type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        PolicySchema.CheckObservation(inputSchema, _options.Columns.Observation);
        if (inputSchema.All(column => column.Name != _options.Action))
            throw new ArgumentOutOfRangeException(nameof(inputSchema), $"Could not find action column '{_options.Action}'; {nameof(BehaviourCloningOptions)}.{nameof(BehaviourCloningOptions.Action)} names it.");
        var outputs = _options.Columns.GetOutputShape(_actions);
        return new SchemaShape(inputSchema.Where(kept => outputs.All(output => output.Name != kept.Name)).Concat(outputs));
    }

    private PolicyTransformer Fit(IDataView input, IChannel channel, WorkCancellation cancellation)
    {
        var observation = _options.Columns.Observation;
        var rows = Demonstrations.Read(input, observation, _options.Action, _actions, cancellation.ThrowIfCancelled);
        var random = new RandomSource((ulong)_seed);
        using var policy = CreatePolicy(rows, random);
        var before = MeanLogProbability(policy, rows);
        var optimizer = new TrustRegionOptimizer(_options.TrustRegion);
        for (var (step, rejected) = (0, 0); step < _options.Steps && rejected < MaxRejectedInARow; step++)
        {
            cancellation.ThrowIfCancelled();
            rejected = Improve(policy, optimizer, Batch(rows, random)) ? 0 : rejected + 1;
        }

        channel.Info(MessageSensitivity.None, string.Create(CultureInfo.InvariantCulture, $"Behaviour cloning of {rows.Count} rows: the mean log-probability of their actions is {MeanLogProbability(policy, rows):G6}; it was {before:G6} before."));
        return Export(policy, rows.Count, [.. DataViewColumns.GetSlotNames(input.Schema[observation])]);
    }

    private StochasticPolicy CreatePolicy(Demonstrations rows, RandomSource random)
    {
        var length = rows.Observations.Length / rows.Count;
        var family = ActionDistribution.For(_actions, initialLogStandardDeviation: 0, _options.RescaleActions);
        var policy = new StochasticPolicy(PerceptronModel.Create(length, _options.HiddenLayers, family.NetworkOutputs, _options.HiddenActivation, OutputGain, random), family)
        {
            Normalizer = _options.NormalizeObservations ? new ObservationNormalizer(length, length) : null,
        };
        if (policy.Normalizer is { } normalizer)
        {
            var (statistics, mean) = (normalizer.CreateStatistics(), normalizer.Mean.ToArray());
            for (var row = 0; row < rows.Count; row++)
                statistics.Add(rows.Observations.AsSpan(row * length, length), mean);
            normalizer.Advance(statistics);
        }

        return policy;
    }

    private Demonstrations Batch(Demonstrations rows, RandomSource random)
    {
        if (rows.Count <= _options.RowsPerStep)
            return rows;
        var indices = new int[_options.RowsPerStep];
        foreach (ref var index in indices.AsSpan())
            index = random.NextInt(rows.Count);
        return rows.Take(indices);
    }

    // Every action counts as one with an advantage of 1, so that the gradient is that of the mean log-probability.
    private bool Improve(StochasticPolicy policy, TrustRegionOptimizer optimizer, Demonstrations rows)
    {
        var ones = new double[rows.Count];
        Array.Fill(ones, 1);
        var step = optimizer.Step(new PolicyProblem(policy, rows.Observations, rows.Actions, ones, fisherFraction: 1));
        if (policy.Distribution is CensoredGaussianDistribution)
        {
            var parameters = new double[policy.Length];
            policy.CopyTo(parameters);
            foreach (ref var deviation in parameters.AsSpan(policy.Length - _actions.Length))
                deviation = Math.Max(deviation, _options.MinLogStandardDeviation);
            policy.Assign(parameters);
        }

        return step.Outcome == TrustRegionOutcome.Accepted;
    }

    private static double MeanLogProbability(StochasticPolicy policy, Demonstrations rows)
    {
        float[] actions = [.. rows.Actions.Select(value => (float)value)];
        return policy.DrawLogProbabilities(rows.Observations, actions, rows.Count).Average();
    }

    private PolicyTransformer Export(StochasticPolicy policy, int rows, string[] names)
    {
        var provenance = new Dictionary<string, string>
        {
            ["trainer"] = "Trpo.MLNet behaviour cloning",
            ["seed"] = _seed.ToString(CultureInfo.InvariantCulture),
            ["rows"] = rows.ToString(CultureInfo.InvariantCulture),
        };
        var length = policy.Network.Shapes.First().Shape[1];
        try
        {
            return new PolicyTransformer(policy.Export(new PolicyMetadata(ObservationSpace.Unbounded((int)length, names), _actions, provenance)), _options.Columns, selection: null, trust: true);
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidOperationException($"A policy of these layers and actions could not be loaded again: {exception.Message}", exception);
        }
    }
}
