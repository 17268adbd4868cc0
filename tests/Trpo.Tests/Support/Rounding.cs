using Trpo.Estimators.Optimization;
using Trpo.Estimators.Randomness;

namespace Trpo.Tests.Support;

/// <summary>
/// How far rounding alone moves the result of conjugate gradients. On an ill-conditioned system the last iterates depend on the last bits
/// of the products, so that no two implementations agree on them; what one may demand of them is measured, not guessed: the same solve is
/// repeated with noise in the last bits of every product, which is a sum over rows and layers.
/// </summary>
internal static class Rounding
{
    private const double LastBits = 4.0 / (1L << 52);
    private const int Repetitions = 4;

    // The noise is drawn, so its largest effect in a few repetitions is an estimate.
    private const double Safety = 20;

    /// <summary>The tolerance for each of the numbers that <paramref name="compute"/> makes of an operator: 1e-9, or what rounding does if that is more.</summary>
    public static double[] Tolerances(LinearOperator product, Func<LinearOperator, double[]> compute)
    {
        var random = new RandomSource(5);
        var exact = compute(product);
        var tolerances = new double[exact.Length];
        for (var repetition = 0; repetition < Repetitions; repetition++)
        {
            var noisy = compute((vector, image) =>
            {
                product(vector, image);
                var scale = LastBits * image.ToArray().Max(Math.Abs);
                for (var i = 0; i < image.Length; i++)
                    image[i] += scale * random.NextGaussian();
            });
            for (var i = 0; i < tolerances.Length; i++)
                tolerances[i] = Math.Max(tolerances[i], Safety * Math.Abs(noisy[i] - exact[i]));
        }

        return [.. tolerances.Select(tolerance => Math.Max(tolerance, 1e-9))];
    }
}
