using Trpo.Estimators.Distributions;
using Trpo.Onnx.Graph;
using Trpo.Runtime.Graph;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;

namespace Trpo.Results.Families;

/// <summary>The parts that families over a box with both bounds in each of its <c>k</c> dimensions share: the units, in which the bounds are -1 and 1, and the exported graph.</summary>
internal abstract class BoundedFamily : IActionDistribution
{
    private readonly BoxActionSpace _space;
    private readonly double[] _centers;
    private readonly double[] _halfWidths;
    private readonly double[] _logHalfWidths;

    /// <param name="space">The space of the actions.</param>
    /// <exception cref="ArgumentException">A dimension lacks a bound.</exception>
    protected BoundedFamily(BoxActionSpace space)
    {
        for (var i = 0; i < space.Length; i++)
        {
            if (!space.IsBounded(i))
                throw new ArgumentException(FormattableString.Invariant($"{GetType().Name} needs both bounds of each dimension, but those of dimension {i} are [{space.Low[i]}, {space.High[i]}]."), nameof(space));
        }

        _space = space;
        _halfWidths = [.. Enumerable.Range(0, space.Length).Select(space.HalfWidth)];
        _centers = [.. Enumerable.Range(0, space.Length).Select(i => space.Low[i] + _halfWidths[i])];
        _logHalfWidths = [.. _halfWidths.Select(width => Math.Log(width))];
        EntropyOrigin = _logHalfWidths.Sum();
    }

    public abstract int NetworkOutputs { get; }

    public abstract IReadOnlyList<double> StateIndependentParameters { get; }

    public double EntropyOrigin { get; }

    public virtual bool DivergesAsDrawn => false;

    /// <summary>The number of dimensions, <c>k</c>.</summary>
    protected int Count => _space.Length;

    public abstract void Sample(ReadOnlySpan<double> parameters, RandomSource random, Span<float> action);

    public void Mode(ReadOnlySpan<double> parameters, Span<float> action)
    {
        for (var i = 0; i < action.Length; i++)
            action[i] = Math.Clamp(ToAction(Mode(parameters, i), i), _space.Low[i], _space.High[i]);
    }

    public abstract double LogProbability(ReadOnlySpan<double> parameters, ReadOnlySpan<double> action, Span<double> gradient);

    public abstract double Entropy(ReadOnlySpan<double> parameters);

    public abstract double KullbackLeibler(ReadOnlySpan<double> oldParameters, ReadOnlySpan<double> newParameters);

    public abstract void FisherProduct(ReadOnlySpan<double> parameters, ReadOnlySpan<double> vector, Span<double> product);

    public void Export(OnnxGraphBuilder graph, string networkOutput, ReadOnlySpan<float> stateIndependent)
    {
        var scaled = graph.Node("Mul", "scaled", [ExportMode(graph, networkOutput), graph.Constant("half_widths", [.. _halfWidths.Select(width => (float)width)], Count)]);
        graph.Node("Add", PolicyValues.Score, [scaled, graph.Constant("centers", [.. _centers.Select(center => (float)center)], Count)]);
        graph.Node("Max", "above_low", [PolicyValues.Score, graph.Constant("low", _space.Low.AsSpan(), Count)]);
        graph.Node("Min", PolicyValues.Action, ["above_low", graph.Constant("high", _space.High.AsSpan(), Count)]);
        graph.Output(PolicyValues.Action, Count, "The deterministic action within the bounds.");
        graph.Output(PolicyValues.Score, Count, "The deterministic action before it is clipped.");
    }

    /// <summary>Computes the deterministic action of a dimension, in the units of the family.</summary>
    protected abstract double Mode(ReadOnlySpan<double> parameters, int dimension);

    /// <summary>Adds the deterministic action, in the units of the family, to the graph.</summary>
    /// <returns>The name of the value, <c>float[N, k]</c>.</returns>
    protected abstract string ExportMode(OnnxGraphBuilder graph, string networkOutput);

    /// <summary>Converts a value from the units of the family to those of the action.</summary>
    protected float ToAction(double value, int dimension) => (float)(_centers[dimension] + (_halfWidths[dimension] * value));

    /// <summary>Converts an action to the units of the family.</summary>
    protected double FromAction(double action, int dimension) => (action - _centers[dimension]) / _halfWidths[dimension];

    /// <summary>Returns the logarithm of half the width of the bounds, by which a log-density in the units of the action is smaller than one in those of the family.</summary>
    protected double LogHalfWidth(int dimension) => _logHalfWidths[dimension];

    /// <summary>Returns -1 for an action at or below the low bound, 1 at or above the high one, otherwise 0.</summary>
    protected int Side(double action, int dimension) => action <= _space.Low[dimension] ? -1 : action >= _space.High[dimension] ? 1 : 0;
}
