using Trpo.Runtime.Randomness;

namespace Trpo.Runtime.Sampling;

/// <summary>Independent normal distributions, one per dimension; the score holds the means.</summary>
internal sealed class ScoredGaussian : ScoredDistribution
{
    public override void Draw(ReadOnlySpan<float> score, ReadOnlySpan<float> logStandardDeviation, RandomSource random, Span<float> action)
    {
        for (var i = 0; i < action.Length; i++)
            action[i] = (float)Gaussian.Sample(score[i], logStandardDeviation[i], random);
    }

    public override double LogProbability(ReadOnlySpan<float> score, ReadOnlySpan<float> logStandardDeviation, ReadOnlySpan<float> action)
    {
        var sum = 0.0;
        for (var i = 0; i < action.Length; i++)
            sum += Gaussian.LogDensity((action[i] - score[i]) / Math.Exp(logStandardDeviation[i]), logStandardDeviation[i]);

        return sum;
    }
}
