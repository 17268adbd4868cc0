namespace Trpo.Estimators.Distributions;

/// <summary>The distributions of the rows of a batch that an update starts from, which those of its trials are compared with, and the actions that were taken. They keep what trials and products would compute again.</summary>
internal interface IReferenceDistributions
{
    /// <summary>Computes the log-probabilities of the actions, their gradients, and the entropies. Called first, and again when the parameters have changed.</summary>
    /// <param name="gradients">Receives the derivatives of each row's log-probability by its parameters, <c>[N, P]</c>.</param>
    /// <returns>The sum of the entropies, each counted from <see cref="IActionDistribution.EntropyOrigin"/>, in nats.</returns>
    double Begin(Span<double> gradients);

    /// <summary>Compares the distributions of a trial with these.</summary>
    /// <param name="parameters">The parameters of the trial, <c>[N, P]</c>.</param>
    /// <param name="advantages">The advantages of the actions, <c>[N]</c>.</param>
    /// <returns>The sums over the rows of ratio times advantage, where the ratio is the action's probability in the trial over that here, and of KL(reference || trial).</returns>
    (double Surrogate, double Divergence) Compare(ReadOnlySpan<double> parameters, ReadOnlySpan<double> advantages);

    /// <summary>Computes <see cref="IActionDistribution.FisherProduct"/> for rows of the batch.</summary>
    /// <param name="rows">The indices of the rows, <c>[M]</c>.</param>
    /// <param name="vectors"><c>[M, P]</c>.</param>
    /// <param name="products">Receives the products, <c>[M, P]</c>.</param>
    void FisherProducts(ReadOnlySpan<int> rows, ReadOnlySpan<double> vectors, Span<double> products);
}
