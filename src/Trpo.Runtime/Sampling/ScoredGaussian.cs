using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;

namespace Trpo.Runtime.Sampling;

/// <summary>
/// Independent normal distributions, one per dimension, whose draws are clipped to the bounds of a box; the score holds the means. All draws beyond a bound are one action, which has the
/// probability of them all, as if it were spread over half the width of the bounds.
/// </summary>
internal sealed class ScoredGaussian(BoxActionSpace space) : ScoredDistribution
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
        {
            var deviation = Math.Exp(logStandardDeviation[i]);
            if (action[i] <= space.Low[i])
                sum += Gaussian.LogCumulative(((double)space.Low[i] - score[i]) / deviation) - Math.Log(space.HalfWidth(i));
            else if (action[i] >= space.High[i])
                sum += Gaussian.LogCumulative(((double)score[i] - space.High[i]) / deviation) - Math.Log(space.HalfWidth(i));
            else
                sum += Gaussian.LogDensity((action[i] - score[i]) / deviation, logStandardDeviation[i]);
        }

        return sum;
    }
}
