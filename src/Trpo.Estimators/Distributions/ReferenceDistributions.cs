namespace Trpo.Estimators.Distributions;

/// <summary>The reference distributions of any family, one row after the other.</summary>
/// <param name="family">The family.</param>
/// <param name="rows">The rows.</param>
internal sealed class ReferenceDistributions(IActionDistribution family, ReferenceRows rows) : IReferenceDistributions
{
    private double[] _sampled = [];

    /// <summary>Creates the reference distributions of a family.</summary>
    /// <param name="family">The family.</param>
    /// <param name="rows">The rows.</param>
    public static IReferenceDistributions Of(IActionDistribution family, ReferenceRows rows) => family switch
    {
        CategoricalDistribution => new CategoricalReference(rows),
        CensoredGaussianDistribution gaussian => new CensoredGaussianReference(gaussian, rows),
        _ => new ReferenceDistributions(family, rows),
    };

    public double Begin(Span<double> gradients)
    {
        var entropy = 0.0;
        for (var row = 0; row < rows.Count; row++)
        {
            var parameters = rows.Of(rows.Parameters, row);
            rows.LogProbabilities[row] = family.LogProbability(parameters, rows.Action(row), rows.Of(gradients, row));
            entropy += family.Entropy(parameters) - family.EntropyOrigin;
        }

        return entropy;
    }

    public (double Surrogate, double Divergence) Compare(ReadOnlySpan<double> parameters, ReadOnlySpan<double> advantages)
    {
        var (surrogate, divergence) = (0.0, 0.0);
        for (var row = 0; row < rows.Count; row++)
        {
            var trial = rows.Of(parameters, row);
            surrogate += Math.Exp(family.LogProbability(trial, rows.Action(row), []) - rows.LogProbabilities[row]) * advantages[row];
            divergence += family.KullbackLeibler(rows.Of(rows.Parameters, row), trial);
        }

        return (surrogate, divergence);
    }

    public void FisherProducts(ReadOnlySpan<int> sample, ReadOnlySpan<double> vectors, Span<double> products)
    {
        if (_sampled.Length < products.Length)
            _sampled = new double[products.Length];
        var parameters = _sampled.AsSpan(0, products.Length);
        for (var i = 0; i < sample.Length; i++)
            rows.Of(rows.Parameters, sample[i]).CopyTo(rows.Of(parameters, i));
        family.FisherProducts(parameters, vectors, products);
    }
}
