using Trpo.Estimators.Networks;
using Trpo.Estimators.Optimization;

namespace Trpo.Estimators.Logs.Learning.Rewards;

/// <summary>The sums of a <see cref="Baselines.ValueProblem"/> over rows of which each has a target for one of the network's outputs: that of the logged action.</summary>
/// <param name="network">The network, with an output per action.</param>
/// <param name="features">The inputs, <c>[N, d]</c>.</param>
/// <param name="actions">The actions, <c>[N]</c>.</param>
/// <param name="targets">The targets, <c>[N]</c>.</param>
internal sealed class RewardObjective(IDifferentiableNetwork network, float[] features, int[] actions, double[] targets) : IPartialProblem
{
    private readonly double[] _outputs = new double[actions.Length * network.Outputs];
    private readonly double[] _old = new double[actions.Length];

    /// <inheritdoc/>
    public int Length => network.Parameters.Length;

    /// <inheritdoc/>
    public int Rows => actions.Length;

    /// <inheritdoc/>
    public int FisherRows => actions.Length;

    /// <inheritdoc/>
    public void CopyTo(Span<double> parameters) => network.Parameters.CopyTo(parameters);

    /// <inheritdoc/>
    public void Assign(ReadOnlySpan<double> parameters) => network.Assign(parameters);

    /// <inheritdoc/>
    public string NameOf(int index) => network.Parameters.NameOf(index);

    /// <inheritdoc/>
    public LinearizationSums Linearize()
    {
        network.Linearize(features, _outputs);
        var sum = 0.0;
        for (var row = 0; row < Rows; row++)
        {
            _old[row] = _outputs[Index(row)];
            sum += (_old[row] - targets[row]) * (_old[row] - targets[row]);
        }

        return new LinearizationSums(sum, Entropy: 0);
    }

    /// <inheritdoc/>
    public void Gradient(double divisor, Span<double> gradient)
    {
        Array.Clear(_outputs);
        for (var row = 0; row < Rows; row++)
            _outputs[Index(row)] = (targets[row] - _old[row]) / divisor;
        network.TransposeProduct(_outputs, gradient);
    }

    /// <inheritdoc/>
    public void FisherProduct(ReadOnlySpan<double> vector, double divisor, Span<double> product)
    {
        network.Product(vector, _outputs);
        for (var i = 0; i < _outputs.Length; i++)
            _outputs[i] = i % network.Outputs == actions[i / network.Outputs] ? _outputs[i] / divisor : 0;
        network.TransposeProduct(_outputs, product);
    }

    /// <inheritdoc/>
    public TrialSums Evaluate()
    {
        network.Evaluate(features, _outputs);
        var (errors, differences) = (0.0, 0.0);
        for (var row = 0; row < Rows; row++)
        {
            var value = _outputs[Index(row)];
            errors += (value - targets[row]) * (value - targets[row]);
            differences += (value - _old[row]) * (value - _old[row]);
        }

        return new TrialSums(errors, differences);
    }

    /// <summary>Computes the sum of the squared errors at the present parameters, and keeps nothing for products.</summary>
    public double SumErrors()
    {
        network.Evaluate(features, _outputs);
        var sum = 0.0;
        for (var row = 0; row < Rows; row++)
            sum += (_outputs[Index(row)] - targets[row]) * (_outputs[Index(row)] - targets[row]);
        return sum;
    }

    /// <inheritdoc/>
    public SampledRows TakeSample() => new(features, [], Rows);

    /// <inheritdoc/>
    public string? FindNonFinite() => null;

    private int Index(int row) => (row * network.Outputs) + actions[row];
}
