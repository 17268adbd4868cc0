namespace Trpo.Estimators.Distributions;

/// <summary>
/// The probabilities behind logits, <c>p = exp(logit) / sum exp</c>. The largest logit is subtracted first, so that no exponential overflows, and
/// stays apart from the logarithm of the sum, which would be lost beside a large one.
/// </summary>
internal static class Softmax
{
    /// <summary>Draws an index by inverting the cumulative distribution. One of probability 0 is never drawn.</summary>
    /// <param name="logits">The logits.</param>
    /// <param name="uniform">A number drawn uniformly from [0, 1).</param>
    public static int Draw(ReadOnlySpan<double> logits, double uniform)
    {
        var (largest, logSum) = Normalizer(logits);
        var last = 0;
        for (var choice = 0; choice < logits.Length; choice++)
        {
            var probability = Math.Exp(logits[choice] - largest - logSum);
            if (probability == 0)
                continue;
            last = choice;
            uniform -= probability;
            if (uniform < 0)
                break;
        }

        return last;
    }

    /// <summary>The index of the first of the largest logits.</summary>
    public static int Most(ReadOnlySpan<double> logits)
    {
        var most = 0;
        for (var i = 1; i < logits.Length; i++)
        {
            if (logits[i] > logits[most])
                most = i;
        }

        return most;
    }

    /// <summary><c>log p[choice]</c>; its gradient by the logits is <c>1[i = choice] - p[i]</c>.</summary>
    public static double LogProbability(ReadOnlySpan<double> logits, int choice, Span<double> gradient)
    {
        var (largest, logSum) = Normalizer(logits);
        for (var i = 0; i < gradient.Length; i++)
            gradient[i] = (i == choice ? 1 : 0) - Math.Exp(logits[i] - largest - logSum);
        return logits[choice] - largest - logSum;
    }

    /// <summary><c>-sum p log p</c>.</summary>
    public static double Entropy(ReadOnlySpan<double> logits)
    {
        var (largest, logSum) = Normalizer(logits);
        var entropy = 0.0;
        foreach (var logit in logits)
            entropy -= Math.Exp(logit - largest - logSum) * (logit - largest - logSum);
        return entropy;
    }

    /// <summary><c>sum p_old (log p_old - log p_new)</c>.</summary>
    public static double KullbackLeibler(ReadOnlySpan<double> oldLogits, ReadOnlySpan<double> newLogits)
    {
        var (oldLargest, oldLogSum) = Normalizer(oldLogits);
        var (newLargest, newLogSum) = Normalizer(newLogits);
        var divergence = 0.0;
        for (var i = 0; i < oldLogits.Length; i++)
        {
            var logProbability = oldLogits[i] - oldLargest - oldLogSum;
            divergence += Math.Exp(logProbability) * (logProbability - (newLogits[i] - newLargest - newLogSum));
        }

        return divergence;
    }

    /// <summary><c>(diag(p) - p p^T) v</c>: the covariance matrix of the choice.</summary>
    public static void FisherProduct(ReadOnlySpan<double> logits, ReadOnlySpan<double> vector, Span<double> product)
    {
        var (largest, logSum) = Normalizer(logits);
        var mean = 0.0;
        for (var i = 0; i < product.Length; i++)
        {
            product[i] = Math.Exp(logits[i] - largest - logSum);
            mean += product[i] * vector[i];
        }

        for (var i = 0; i < product.Length; i++)
            product[i] *= vector[i] - mean;
    }

    // The largest logit, and the logarithm of the sum of the exponentials of what the others are below it.
    private static (double Largest, double LogSum) Normalizer(ReadOnlySpan<double> logits)
    {
        var largest = logits[0];
        foreach (var logit in logits)
            largest = Math.Max(largest, logit);
        var sum = 0.0;
        foreach (var logit in logits)
            sum += Math.Exp(logit - largest);
        return (largest, Math.Log(sum));
    }
}
