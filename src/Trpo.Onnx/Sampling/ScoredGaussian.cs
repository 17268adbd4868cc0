using Trpo.Onnx.Randomness;

namespace Trpo.Onnx.Sampling;

/// <summary>Independent normal distributions, one per dimension; the score is their means.</summary>
internal sealed class ScoredGaussian : ScoredDistribution
{
    private static readonly double HalfLogTwoPi = 0.5 * Math.Log(2 * Math.PI);

    public override void Draw(ReadOnlySpan<float> score, ReadOnlySpan<float> logStandardDeviation, RandomSource random, Span<float> action)
    {
        for (var i = 0; i < action.Length; i++)
            action[i] = (float)(score[i] + (Math.Exp(logStandardDeviation[i]) * random.NextGaussian()));
    }

    public override double LogProbability(ReadOnlySpan<float> score, ReadOnlySpan<float> logStandardDeviation, ReadOnlySpan<float> action)
    {
        var sum = 0.0;
        for (var i = 0; i < action.Length; i++)
        {
            var standardized = (action[i] - score[i]) / Math.Exp(logStandardDeviation[i]);
            sum -= (0.5 * standardized * standardized) + logStandardDeviation[i] + HalfLogTwoPi;
        }

        return sum;
    }
}
