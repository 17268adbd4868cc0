namespace Trpo.Estimators.Distributions;

/// <summary>The reference distributions of <see cref="CategoricalDistribution"/>: the probabilities and their logarithms are computed once.</summary>
/// <param name="rows">The rows.</param>
internal sealed class CategoricalReference(ReferenceRows rows) : IReferenceDistributions
{
    private readonly double[] _logarithms = new double[rows.Parameters.Length];
    private readonly double[] _probabilities = new double[rows.Parameters.Length];

    public double Begin(Span<double> gradients)
    {
        var sum = 0.0;
        for (var row = 0; row < rows.Count; row++)
        {
            var logits = rows.Of(rows.Parameters, row);
            Span<double> logarithms = rows.Of(_logarithms.AsSpan(), row), probabilities = rows.Of(_probabilities.AsSpan(), row), gradient = rows.Of(gradients, row);
            var choice = (int)rows.Action(row)[0];
            var (max, logSum) = Softmax.Normalizer(logits);
            var entropy = 0.0;
            for (var i = 0; i < logits.Length; i++)
            {
                logarithms[i] = logits[i] - max - logSum;
                probabilities[i] = Math.Exp(logarithms[i]);
                entropy -= probabilities[i] * logarithms[i];
                gradient[i] = (i == choice ? 1 : 0) - probabilities[i];
            }

            rows.LogProbabilities[row] = logarithms[choice];
            sum += entropy;
        }

        return sum;
    }

    public (double Surrogate, double Divergence) Compare(ReadOnlySpan<double> parameters, ReadOnlySpan<double> advantages)
    {
        var (surrogate, sum) = (0.0, 0.0);
        for (var row = 0; row < rows.Count; row++)
        {
            ReadOnlySpan<double> logits = rows.Of(parameters, row), logarithms = rows.Of(_logarithms, row), probabilities = rows.Of(_probabilities, row);
            var (max, logSum) = Softmax.Normalizer(logits);
            surrogate += Math.Exp(logits[(int)rows.Action(row)[0]] - max - logSum - rows.LogProbabilities[row]) * advantages[row];
            var divergence = 0.0;
            for (var i = 0; i < logits.Length; i++)
                divergence += probabilities[i] * (logarithms[i] - (logits[i] - max - logSum));
            sum += divergence;
        }

        return (surrogate, sum);
    }

    public void FisherProducts(ReadOnlySpan<int> sample, ReadOnlySpan<double> vectors, Span<double> products)
    {
        for (var i = 0; i < sample.Length; i++)
            Softmax.FisherProductOf(rows.Of(_probabilities, sample[i]), rows.Of(vectors, i), rows.Of(products, i));
    }
}
