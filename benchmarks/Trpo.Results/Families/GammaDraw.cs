using Trpo.Runtime.Randomness;

namespace Trpo.Results.Families;

/// <summary>Draws of a gamma distribution, by Marsaglia and Tsang, "A simple method for generating gamma variables" (2000).</summary>
internal static class GammaDraw
{
    /// <summary>Draws a number of the distribution of scale 1.</summary>
    /// <param name="shape">The shape, at least 1.</param>
    /// <param name="random">The only source of randomness.</param>
    public static double Next(double shape, RandomSource random)
    {
        var reduced = shape - (1.0 / 3);
        var scale = 1 / Math.Sqrt(9 * reduced);
        while (true)
        {
            var normal = random.NextGaussian();
            var root = 1 + (scale * normal);
            if (root <= 0)
                continue;
            var cube = root * root * root;
            if (Math.Log(1 - random.NextDouble()) < (normal * normal / 2) + (reduced * (1 - cube + Math.Log(cube))))
                return reduced * cube;
        }
    }
}
