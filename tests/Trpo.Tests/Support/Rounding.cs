using Trpo.Estimators.Optimization;
using Trpo.Runtime.Randomness;

namespace Trpo.Tests.Support;

/// <summary>
/// The effect of rounding on the result of conjugate gradients. On an ill-conditioned system the last iterates depend on the last bits
/// of the products, so that no two implementations agree on them; what one may demand of them is measured, not guessed: the same solve is
/// repeated with noise in the last bit of the right-hand side and of every product.
/// </summary>
internal static class Rounding
{
    private const double LastBit = 1.0 / (1L << 53);
    private const int Repetitions = 24;

    // The noise is drawn, and some draws matter a hundred times as much as others: the largest effect in a few repetitions is an estimate.
    private const double Safety = 20;

    /// <summary>
    /// The tolerance for each of the numbers that <paramref name="compute"/> makes of an operator and a right-hand side: 1e-9, or what
    /// rounding does if that is more.
    /// </summary>
    public static double[] Tolerances(LinearOperator product, double[] rightHandSide, Func<LinearOperator, double[], double[]> compute)
    {
        var random = new RandomSource(5);
        var exact = compute(product, rightHandSide);
        var tolerances = new double[exact.Length];
        for (var repetition = 0; repetition < Repetitions; repetition++)
        {
            double[] disturbed = [.. rightHandSide];
            Disturb(disturbed);
            var noisy = compute(
                (vector, image) =>
                {
                    product(vector, image);
                    Disturb(image);
                },
                disturbed);
            for (var i = 0; i < tolerances.Length; i++)
                tolerances[i] = Math.Max(tolerances[i], Safety * Math.Abs(noisy[i] - exact[i]));
        }

        return [.. tolerances.Select(tolerance => Math.Max(tolerance, 1e-9))];

        void Disturb(Span<double> vector)
        {
            var scale = LastBit * vector.ToArray().Max(Math.Abs);
            foreach (ref var element in vector)
                element += scale * random.NextGaussian();
        }
    }
}
