using System.Globalization;
using Trpo.Estimators.Distributions;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;

namespace Trpo.Estimators.Probing;

/// <summary>The probe of a distribution of the user's own: whether its methods agree with each other.</summary>
internal static class DistributionProbe
{
    private const int Points = 5;
    private const double Tolerance = 1e-6;
    private const int Draws = 20_000;
    private const double StandardErrors = 5;

    /// <summary>Checks a distribution over the actions of a probe.</summary>
    /// <param name="distribution">The distribution.</param>
    /// <param name="create">Creates it for another space.</param>
    /// <param name="space">The actions.</param>
    /// <exception cref="InvalidOperationException">Two methods disagree; the message says which.</exception>
    public static void Verify(IActionDistribution distribution, Func<DistributionArguments, IActionDistribution> create, ActionSpace space)
    {
        if (space is DiscreteActionSpace)
            VerifyExactly(distribution, space.ScoreLength);
        ActionDistributionCheck.Verify(distribution, space);
        VerifyScore(distribution, space);

        // Draws that are clipped bound the divergence from below only.
        if (distribution.DivergesAsDrawn && space is BoxActionSpace)
        {
            float[] bounds = [.. Enumerable.Repeat(float.PositiveInfinity, space.Length)];
            var unbounded = ActionSpace.Box([.. bounds.Select(bound => -bound)], bounds);
            ActionDistributionCheck.Verify(create(new DistributionArguments { Actions = unbounded }), unbounded);
        }
    }

    // The sums over all choices are exact, where means over samples are not.
    private static void VerifyExactly(IActionDistribution distribution, int choices)
    {
        var random = new RandomSource(0);
        var length = distribution.NetworkOutputs + distribution.StateIndependentParameters.Count;
        for (var point = 0; point < Points; point++)
        {
            var (old, other) = (Draw(), Draw());
            var (sum, entropy, divergence) = (0.0, 0.0, 0.0);
            for (var choice = 0; choice < choices; choice++)
            {
                var logarithm = distribution.LogProbability(old, [choice], []);
                var probability = Math.Exp(logarithm);
                sum += probability;
                entropy -= probability * logarithm;
                divergence += probability * (logarithm - distribution.LogProbability(other, [choice], []));
            }

            Equal("The sum of the probabilities of all choices", sum, 1);
            Equal(nameof(distribution.Entropy), distribution.Entropy(old), entropy);
            Equal($"{nameof(distribution.KullbackLeibler)}(old, new)", distribution.KullbackLeibler(old, other), divergence);
        }

        double[] Draw() => [.. Enumerable.Range(0, length).Select(_ => random.NextGaussian())];
    }

    // The mean of the gradient of the log-probability over draws is 0, unless the log-probability is not that of what was drawn.
    private static void VerifyScore(IActionDistribution distribution, ActionSpace space)
    {
        var random = new RandomSource(0);
        var length = distribution.NetworkOutputs + distribution.StateIndependentParameters.Count;
        var (action, values, gradient) = (new float[space.Length], new double[space.Length], new double[length]);
        for (var point = 0; point < Points; point++)
        {
            double[] parameters = [.. Enumerable.Range(0, length).Select(_ => random.NextGaussian())];
            var (sums, squares) = (new double[length], new double[length]);
            for (var draw = 0; draw < Draws; draw++)
            {
                distribution.Sample(parameters, random, action);
                for (var i = 0; i < action.Length; i++)
                    values[i] = action[i];
                distribution.LogProbability(parameters, values, gradient);
                for (var i = 0; i < length; i++)
                    (sums[i], squares[i]) = (sums[i] + gradient[i], squares[i] + (gradient[i] * gradient[i]));
            }

            for (var i = 0; i < length; i++)
            {
                var error = Math.Sqrt(squares[i]) / Draws;
                if (!(Math.Abs(sums[i] / Draws) <= (StandardErrors * error) + 1e-9))
                    throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"The mean of the gradient of {nameof(IActionDistribution.LogProbability)} by parameter {i}, over {Draws} draws, is {sums[i] / Draws:G4}, but should be 0 within {StandardErrors * error:G3}: it is not the log-probability of what {nameof(IActionDistribution.Sample)} draws."));
            }
        }
    }

    // Written so that a NaN fails too.
    private static void Equal(string subject, double found, double expected)
    {
        if (!(Math.Abs(found - expected) <= Tolerance * (1 + Math.Abs(expected))))
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{subject} is {found:G9}, but should be {expected:G9} by {nameof(IActionDistribution.LogProbability)}."));
    }
}
