using System.Numerics.Tensors;

namespace Trpo.Estimators.Distributions;

/// <summary>The reference distributions of <see cref="CensoredGaussianDistribution"/>, whose standard deviations are those of every row: what depends on nothing else is computed once.</summary>
/// <param name="family">The family.</param>
/// <param name="rows">The rows.</param>
internal sealed class CensoredGaussianReference(CensoredGaussianDistribution family, ReferenceRows rows) : IReferenceDistributions
{
    private readonly double[] _precisions = new double[family.NetworkOutputs];
    private readonly double[] _inverses = new double[family.NetworkOutputs];
    private readonly double[] _varianceRatios = new double[family.NetworkOutputs];

    public double Begin(Span<double> gradients)
    {
        var deviations = LogDeviations(rows.Parameters);
        TensorPrimitives.Multiply(deviations, -2, _precisions);
        TensorPrimitives.Exp<double>(_precisions, _precisions);
        SetInverses(deviations);
        var sum = 0.0;
        var entropy = family.Entropy(rows.Of(rows.Parameters, 0)) - family.EntropyOrigin;
        for (var row = 0; row < rows.Count; row++)
        {
            rows.LogProbabilities[row] = family.LogProbability(rows.Of(rows.Parameters, row), _inverses, rows.Action(row), rows.Of(gradients, row));
            sum += entropy;
        }

        return sum;
    }

    public (double Surrogate, double Divergence) Compare(ReadOnlySpan<double> parameters, ReadOnlySpan<double> advantages)
    {
        ReadOnlySpan<double> olds = LogDeviations(rows.Parameters), news = LogDeviations(parameters);
        SetInverses(news);
        for (var i = 0; i < _varianceRatios.Length; i++)
            _varianceRatios[i] = Math.Exp(2 * (olds[i] - news[i]));
        var (surrogate, divergence) = (0.0, 0.0);
        for (var row = 0; row < rows.Count; row++)
        {
            var trial = rows.Of(parameters, row);
            surrogate += Math.Exp(family.LogProbability(trial, _inverses, rows.Action(row), []) - rows.LogProbabilities[row]) * advantages[row];
            divergence += CensoredGaussianDistribution.KullbackLeibler(rows.Of(rows.Parameters, row), trial, _varianceRatios, _inverses);
        }

        return (surrogate, divergence);
    }

    public void FisherProducts(ReadOnlySpan<int> sample, ReadOnlySpan<double> vectors, Span<double> products) => CensoredGaussianDistribution.FisherProductsOf(_precisions, vectors, products);

    private ReadOnlySpan<double> LogDeviations(ReadOnlySpan<double> parameters) => rows.Of(parameters, 0)[family.NetworkOutputs..];

    private void SetInverses(ReadOnlySpan<double> logDeviations)
    {
        for (var i = 0; i < _inverses.Length; i++)
            _inverses[i] = Math.Exp(-logDeviations[i]);
    }
}
