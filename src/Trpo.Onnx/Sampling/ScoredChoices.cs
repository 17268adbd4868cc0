using Trpo.Onnx.Randomness;

namespace Trpo.Onnx.Sampling;

/// <summary>A choice in each of a number of dimensions; the score is the probabilities of the choices, one dimension behind the other.</summary>
internal sealed class ScoredChoices(int[] counts) : ScoredDistribution
{
    public override void Draw(ReadOnlySpan<float> score, ReadOnlySpan<float> logStandardDeviation, RandomSource random, Span<float> action)
    {
        for (var dimension = 0; dimension < counts.Length; dimension++)
        {
            action[dimension] = Draw(score[..counts[dimension]], random);
            score = score[counts[dimension]..];
        }
    }

    public override double LogProbability(ReadOnlySpan<float> score, ReadOnlySpan<float> logStandardDeviation, ReadOnlySpan<float> action)
    {
        var sum = 0.0;
        for (var dimension = 0; dimension < counts.Length; dimension++)
        {
            sum += Math.Log(score[(int)action[dimension]]);
            score = score[counts[dimension]..];
        }

        return sum;
    }

    // The probabilities add up to 1 but for rounding. A choice of probability 0 is never drawn.
    private static int Draw(ReadOnlySpan<float> probabilities, RandomSource random)
    {
        var left = 0.0;
        foreach (var probability in probabilities)
            left += probability;
        left *= random.NextDouble();
        var last = 0;
        for (var choice = 0; choice < probabilities.Length; choice++)
        {
            if (probabilities[choice] <= 0)
                continue;
            last = choice;
            left -= probabilities[choice];
            if (left < 0)
                break;
        }

        return last;
    }
}
