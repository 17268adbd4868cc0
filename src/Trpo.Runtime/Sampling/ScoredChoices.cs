using Trpo.Runtime.Randomness;

namespace Trpo.Runtime.Sampling;

/// <summary>A choice in each of a number of dimensions; the score holds the probabilities of the choices of the first dimension, then of the second, and so on.</summary>
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

    // The probabilities add up to 1 but for rounding.
    private static int Draw(ReadOnlySpan<float> probabilities, RandomSource random)
    {
        var sum = 0.0;
        foreach (var probability in probabilities)
            sum += probability;
        var draw = new CategoricalDraw(sum * random.NextDouble());
        foreach (var probability in probabilities)
        {
            if (draw.Next(probability))
                break;
        }

        return draw.Choice;
    }
}
