using Trpo.Estimators.Distributions;
using Trpo.Estimators.Logs.Estimation;
using Trpo.Estimators.Optimization;
using Trpo.Estimators.Policies;

namespace Trpo.Estimators.Logs.Learning;

/// <summary>
/// The sums of a <see cref="LogProblem"/> over a range of rows: <c>sum_a pi(a | x) G(a)</c> with <c>G(a) = q(x, a) + 1[a = b] (r - q(x, b) - v) / max(p, m)</c>, or <c>log pi(b | x)</c> where the logging policy
/// is imitated, their derivatives, and the divergences.
/// </summary>
/// <param name="policy">The policy, of which the range has a copy of its own.</param>
/// <param name="log">The log.</param>
/// <param name="imitates">True to imitate the logging policy.</param>
/// <param name="start">The first row of the range.</param>
/// <param name="count">The number of rows, at least 1.</param>
/// <param name="arrays">The memory, which no other objective uses at the same time.</param>
internal sealed class LogObjective(StochasticPolicy policy, LearningLog log, bool imitates, int start, int count, LogArrays arrays) : IPartialProblem
{
    private readonly int _actions = log.Rows.ActionCount;
    private readonly double[] _trial = new double[log.Rows.ActionCount];

    /// <summary>The value v that rewards are counted from; 0 for none.</summary>
    public double Baseline { get; set; }

    /// <summary>The sums of the weights at the parameters of the last <see cref="Linearize()"/> or <see cref="Evaluate"/>.</summary>
    public WeightSums Weights { get; private set; }

    /// <inheritdoc/>
    public int Length => policy.Length;

    /// <inheritdoc/>
    public int Rows => count;

    /// <inheritdoc/>
    public int FisherRows => Rows;

    private LoggedRows Log => log.Rows;

    /// <inheritdoc/>
    public void CopyTo(Span<double> parameters) => policy.CopyTo(parameters);

    /// <inheritdoc/>
    public void Assign(ReadOnlySpan<double> parameters) => policy.Assign(parameters);

    /// <inheritdoc/>
    public string NameOf(int index) => policy.NameOf(index);

    /// <inheritdoc/>
    public LinearizationSums Linearize()
    {
        arrays.EnsureLength(Rows * _actions);
        policy.Linearize(Observations, All(arrays.Old));
        var (objective, entropy) = (0.0, 0.0);
        Weights = default;
        for (var row = 0; row < Rows; row++)
        {
            Span<double> logarithms = Row(arrays.Old, row), probabilities = Row(arrays.Probabilities, row);
            var (max, logSum) = Softmax.Normalizer(logarithms);
            for (var action = 0; action < _actions; action++)
            {
                logarithms[action] = logarithms[action] - max - logSum;
                probabilities[action] = Math.Exp(logarithms[action]);
                entropy -= probabilities[action] * logarithms[action];
            }

            objective += Term(row, logarithms, probabilities);
        }

        return new LinearizationSums(objective, entropy);
    }

    /// <inheritdoc/>
    public void Gradient(double divisor, Span<double> gradient)
    {
        for (var row = 0; row < Rows; row++)
        {
            Span<double> cotangents = Row(arrays.Values, row), probabilities = Row(arrays.Probabilities, row);
            var (index, taken) = (start + row, Log.Actions[start + row]);
            if (imitates)
            {
                for (var action = 0; action < _actions; action++)
                    cotangents[action] = ((action == taken ? 1 : 0) - probabilities[action]) / divisor;
                continue;
            }

            // The derivative of sum_a pi(a) G(a) by the logit of an action is pi(a) (G(a) - sum pi G).
            var mean = 0.0;
            for (var action = 0; action < _actions; action++)
            {
                cotangents[action] = Expected(index, action) + (action == taken ? Correction(index) : 0);
                mean += probabilities[action] * cotangents[action];
            }

            for (var action = 0; action < _actions; action++)
                cotangents[action] = probabilities[action] * (cotangents[action] - mean) / divisor;
        }

        policy.TransposeProduct(All(arrays.Values), gradient);
    }

    /// <inheritdoc/>
    public void FisherProduct(ReadOnlySpan<double> vector, double divisor, Span<double> product)
    {
        policy.Product(vector, All(arrays.Values));
        for (var row = 0; row < Rows; row++)
        {
            var tangents = Row(arrays.Values, row);
            Softmax.FisherProductOf(Row(arrays.Probabilities, row), tangents, tangents);
            foreach (ref var tangent in tangents)
                tangent /= divisor;
        }

        policy.TransposeProduct(All(arrays.Values), product);
    }

    /// <inheritdoc/>
    public TrialSums Evaluate()
    {
        policy.Evaluate(Observations, All(arrays.Values));
        var (objective, divergence) = (0.0, 0.0);
        Span<double> probabilities = _trial;
        Weights = default;
        for (var row = 0; row < Rows; row++)
        {
            Span<double> logarithms = Row(arrays.Values, row), oldLogarithms = Row(arrays.Old, row), old = Row(arrays.Probabilities, row);
            var (max, logSum) = Softmax.Normalizer(logarithms);
            var sum = 0.0;
            for (var action = 0; action < _actions; action++)
            {
                logarithms[action] = logarithms[action] - max - logSum;
                probabilities[action] = Math.Exp(logarithms[action]);
                sum += old[action] * (oldLogarithms[action] - logarithms[action]);
            }

            divergence += sum;
            objective += Term(row, logarithms, probabilities);
        }

        return new TrialSums(objective, divergence);
    }

    /// <inheritdoc/>
    public SampledRows TakeSample() => new(Observations.ToArray(), [], Rows);

    /// <inheritdoc/>
    public string? FindNonFinite() => PolicyFault.FindParameter(policy);

    private ReadOnlySpan<float> Observations => Log.Observations.AsSpan(start * Log.Length, Rows * Log.Length);

    private double Term(int row, ReadOnlySpan<double> logarithms, ReadOnlySpan<double> probabilities)
    {
        var (index, taken) = (start + row, Log.Actions[start + row]);
        var weight = probabilities[taken] / Log.Propensities[index];
        Weights = Weights.With(weight, Log.Rewards[index]);
        if (imitates)
            return logarithms[taken];
        var term = probabilities[taken] * Correction(index);
        for (var action = 0; action < _actions; action++)
            term += probabilities[action] * Expected(index, action);
        return term;
    }

    private double Correction(int index) => (Log.Rewards[index] - Expected(index, Log.Actions[index]) - Baseline) / Math.Max(log.MinProbability, Log.Propensities[index]);

    private double Expected(int index, int action) => log.Expected.Length == 0 ? 0 : log.Expected[(index * _actions) + action];

    private Span<double> All(double[] values) => values.AsSpan(0, Rows * _actions);

    private Span<double> Row(double[] values, int row) => values.AsSpan(row * _actions, _actions);
}
