using System.Globalization;
using System.Numerics.Tensors;
using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Estimation;
using Trpo.Estimators.Foundation;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Optimization;
using Trpo.Estimators.Threading;
using Trpo.Runtime.Randomness;

namespace Trpo.Estimators.Baselines;

/// <summary>
/// A perceptron with one output, fitted by trust-region steps (<see cref="ValueProblem"/>) to standardized targets. When the scale of the targets
/// changes, the last layer is rescaled so that no value changes with it. Until targets have varied, all values are the mean of the last targets, and 0 at first.
/// </summary>
internal sealed class ValueNetwork : IValueFunction, IModelParameters, ICheckpointable, IDisposable
{
    // The network computes in float32, whose numbers have 24 significant bits.
    private const double NetworkRounding = 1.0 / (1 << 24);

    private readonly IDifferentiableNetwork _network;
    private readonly TrustRegionOptimizer _optimizer;
    private readonly TargetScale _scale = new();
    private readonly ValueFunctionOptions _options;
    private readonly int _lastLayer;
    private readonly Func<ValueNetwork> _createEmpty;

    /// <param name="inputs">The number of inputs.</param>
    /// <param name="hiddenLayers">The widths of the policy's hidden layers, for options without widths of their own.</param>
    /// <param name="activation">The policy's activation function, for options without one of their own.</param>
    /// <param name="options">The settings.</param>
    /// <param name="random">The source of the initial weights; null for a network that the state of another is restored into.</param>
    /// <param name="choice">The engine and the device; by default, the engine that fits, on the processor.</param>
    public ValueNetwork(int inputs, IReadOnlyList<int> hiddenLayers, Activation activation, ValueFunctionOptions options, RandomSource? random, EngineChoice choice = default)
    {
        var perceptron = PerceptronModel.Create(inputs, options.HiddenLayers ?? hiddenLayers, outputs: 1, options.HiddenActivation ?? activation, outputGain: 0, random);
        _network = DifferentiableNetwork.For(perceptron, choice);
        _createEmpty = () => new ValueNetwork(inputs, hiddenLayers, activation, options, random: null, choice);
        _lastLayer = (perceptron.Widths[^2] + 1) * perceptron.Widths[^1];
        _optimizer = new TrustRegionOptimizer(options.TrustRegion);
        _options = options;
    }

    /// <summary>Gets the engine of the network.</summary>
    public NetworkEngine Engine => DifferentiableNetwork.EngineOf(_network);

    /// <inheritdoc/>
    public int Length => _network.Parameters.Length;

    /// <inheritdoc/>
    public bool IsSingle => _network.Parameters.IsSingle;

    /// <inheritdoc/>
    public string NameOf(int index) => _network.Parameters.NameOf(index);

    /// <inheritdoc/>
    public void CopyTo(Span<double> values) => _network.Parameters.CopyTo(values);

    /// <inheritdoc/>
    public void Assign(ReadOnlySpan<double> values) => _network.Assign(values);

    /// <summary>Creates a network of the same shape with the same state.</summary>
    public ValueNetwork Copy()
    {
        var copy = _createEmpty();
        StateCopy.Copy(this, copy);
        return copy;
    }

    /// <summary>Returns the rounding error of predicted values, in the units of the targets. The mean of the targets, which is added in double precision, has no part in it.</summary>
    /// <param name="values">The values, at least one.</param>
    public double Rounding(ReadOnlySpan<double> values) => NetworkRounding * Math.Max(TensorPrimitives.Max(values) - _scale.Mean, _scale.Mean - TensorPrimitives.Min(values));

    public void Predict(ReadOnlySpan<float> observations, Span<double> values)
    {
        if (values.IsEmpty)
            return;
        _network.Evaluate(observations, values);
        Rescale(values);
    }

    /// <summary>Computes what <see cref="Predict"/> does, for observations that are fitted next: the fit then starts from the activations that are kept.</summary>
    /// <inheritdoc cref="Predict"/>
    public void PredictBeforeFit(ReadOnlySpan<float> observations, Span<double> values)
    {
        // libtorch would compute the derivatives twice.
        if (Engine != NetworkEngine.Kernels)
        {
            Predict(observations, values);
            return;
        }

        _network.Linearize(observations, values);
        Rescale(values);
    }

    private void Rescale(Span<double> values)
    {
        TensorPrimitives.Multiply(values, _scale.Deviation, values);
        TensorPrimitives.Add(values, _scale.Mean, values);
    }

    public double Fit(ReadOnlySpan<float> observations, ReadOnlySpan<double> targets)
    {
        var objective = BeginFit(Moments.Of(targets), rounding: 0, observations.ToArray(), targets);
        return Fit([objective]);
    }

    /// <summary>Updates the scale of the targets, without changing a value, and prepares a fit to a group of rows.</summary>
    /// <param name="moments">The moments of the targets of all groups.</param>
    /// <param name="rounding">The bound of the rounding error of a target.</param>
    /// <param name="observations">The observations of the group, <c>[N, d]</c>.</param>
    /// <param name="targets">The targets of the group, <c>[N]</c>.</param>
    /// <returns>The group's share of the fit, in units of standardized targets.</returns>
    /// <exception cref="NonFiniteException">The variance of the targets is infinite.</exception>
    public IPartialProblem BeginFit(Moments moments, double rounding, ReadOnlyMemory<float> observations, ReadOnlySpan<double> targets)
    {
        if (!double.IsFinite(moments.SquaredDeviations))
            throw new NonFiniteException(string.Create(CultureInfo.InvariantCulture, $"the variance of the value targets overflows: the largest is {TensorPrimitives.MaxMagnitude(targets):G6}. Scale the rewards down, by RewardScale for example."));
        BeginFit(moments, rounding);
        var standardized = new double[targets.Length];
        if (_scale.Deviation > 0)
        {
            TensorPrimitives.Subtract(targets, _scale.Mean, standardized);
            TensorPrimitives.Divide(standardized, _scale.Deviation, standardized);
        }

        return new ValueObjective(_network, observations, standardized, _options.FisherFraction);
    }

    /// <summary>Fits this network, and its copies, to all groups of rows.</summary>
    /// <param name="objectives">What <see cref="BeginFit(Moments, double, ReadOnlyMemory{float}, ReadOnlySpan{double})"/> of each copy returned, this network's first.</param>
    /// <param name="threads">The threads that the groups are computed on; null for the calling thread.</param>
    /// <param name="gathersSample">True if Fisher products are computed on this network, on the sampled rows of all groups.</param>
    /// <returns>The mean squared error that is left, in the units of the targets.</returns>
    /// <exception cref="NonFiniteException">The error is infinite or not a number.</exception>
    public double Fit(IReadOnlyList<IPartialProblem> objectives, PartThreads? threads = null, bool gathersSample = false)
    {
        // All values equal the mean of the targets.
        if (_scale.Deviation == 0)
            return 0;
        var problem = new ValueProblem(objectives, threads, gathersSample ? rows => new ValueObjective(_network, rows.Observations, new double[rows.Count], fisherFraction: 1) : null);
        var error = 0.0;
        for (var step = 0; step < _options.Steps; step++)
            error = problem.MeanSquaredError(_optimizer.Step(problem));
        error = error * _scale.Deviation * _scale.Deviation;
        if (!double.IsFinite(error))
            throw new NonFiniteException(problem.FindNonFinite() ?? string.Create(CultureInfo.InvariantCulture, $"the value function's squared error overflows: the mean of its targets is {_scale.Mean:G6}, their standard deviation {_scale.Deviation:G6}. Scale the rewards down, by RewardScale for example."));
        return error;
    }

    /// <inheritdoc/>
    public void SaveState(BinaryWriter writer)
    {
        using var parameters = new PooledArray<double>(_network.Parameters.Length);
        _network.Parameters.CopyTo(parameters.Span);
        writer.WriteSpan<double>(parameters.Span);
        _scale.SaveState(writer);
    }

    /// <inheritdoc/>
    public void RestoreState(BinaryReader reader)
    {
        _network.Assign(ModuleState.ReadParameters(reader, _network.Parameters.Length, _network.Parameters.IsSingle, "parameters of the value function"));
        _scale.RestoreState(reader);
    }

    /// <summary>Updates the scale of the targets, without changing a value, where the groups of rows are elsewhere.</summary>
    /// <param name="targets">The moments of the targets of all groups, whose variance is finite.</param>
    /// <param name="rounding">The bound of the rounding error of a target.</param>
    public void BeginFit(Moments targets, double rounding)
    {
        var (oldMean, oldDeviation) = (_scale.Mean, _scale.Deviation);
        _scale.Add(targets, rounding);

        // Until targets have varied, the network has computed no value.
        if (oldDeviation > 0)
            RescaleOutput(oldDeviation / _scale.Deviation, (oldMean - _scale.Mean) / _scale.Deviation);
    }

    // The last layer's weights and its one bias are the last of the parameters.
    private void RescaleOutput(double scale, double shift)
    {
        using var parameters = new PooledArray<double>(_network.Parameters.Length);
        _network.Parameters.CopyTo(parameters.Span);
        var last = parameters.Span[^_lastLayer..];
        TensorPrimitives.Multiply(last, scale, last);
        last[^1] += shift;
        _network.Assign(parameters.Span);
    }

    public void Dispose() => _network.Dispose();
}
