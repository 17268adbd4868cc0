using Trpo.Runtime.Randomness;

namespace Trpo.Runtime.Sampling;

/// <summary>A number of switches; the score holds the probability of each to be on.</summary>
internal sealed class ScoredSwitches : ScoredDistribution
{
    public override void Draw(ReadOnlySpan<float> score, ReadOnlySpan<float> logStandardDeviation, RandomSource random, Span<float> action)
    {
        for (var i = 0; i < action.Length; i++)
            action[i] = Bernoulli.Sample(score[i], random);
    }

    public override double LogProbability(ReadOnlySpan<float> score, ReadOnlySpan<float> logStandardDeviation, ReadOnlySpan<float> action)
    {
        var sum = 0.0;
        for (var i = 0; i < action.Length; i++)
            sum += Math.Log(action[i] == 1 ? score[i] : 1.0 - score[i]);
        return sum;
    }
}
