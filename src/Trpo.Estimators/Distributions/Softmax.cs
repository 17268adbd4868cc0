using Trpo.Runtime.Sampling;

namespace Trpo.Estimators.Distributions;

/// <summary>
/// The softmax distribution of logits, <c>p = exp(logit) / sum exp</c>. The maximum of the logits is subtracted first, so that no exponential overflows,
/// and is kept apart from the logarithm of the sum, which would be lost in the rounding of a large one.
/// </summary>
internal static class Softmax
{
    /// <summary>Draws an index by inverting the cumulative distribution. One of probability 0 is never drawn.</summary>
    /// <param name="logits">The logits.</param>
    /// <param name="uniform">A number drawn uniformly from [0, 1).</param>
    public static int Draw(ReadOnlySpan<double> logits, double uniform)
    {
        var (max, logSum) = Normalizer(logits);
        var draw = new CategoricalDraw(uniform);
        foreach (var logit in logits)
        {
            if (draw.Next(Math.Exp(logit - max - logSum)))
                break;
        }

        return draw.Choice;
    }

    /// <summary>Returns the index of the largest logit; of the first if there are several.</summary>
    public static int Mode(ReadOnlySpan<double> logits)
    {
        var mode = 0;
        for (var i = 1; i < logits.Length; i++)
        {
            if (logits[i] > logits[mode])
                mode = i;
        }

        return mode;
    }

    /// <summary>Computes <c>log p[choice]</c>; its gradient by the logits is <c>1[i = choice] - p[i]</c>.</summary>
    public static double LogProbability(ReadOnlySpan<double> logits, int choice, Span<double> gradient)
    {
        var (max, logSum) = Normalizer(logits);
        for (var i = 0; i < gradient.Length; i++)
            gradient[i] = (i == choice ? 1 : 0) - Math.Exp(logits[i] - max - logSum);
        return logits[choice] - max - logSum;
    }

    /// <summary>Computes the entropy, <c>-sum p log p</c>.</summary>
    public static double Entropy(ReadOnlySpan<double> logits)
    {
        var (max, logSum) = Normalizer(logits);
        var entropy = 0.0;
        foreach (var logit in logits)
            entropy -= Math.Exp(logit - max - logSum) * (logit - max - logSum);
        return entropy;
    }

    /// <summary>Computes the divergence, <c>sum p_old (log p_old - log p_new)</c>.</summary>
    public static double KullbackLeibler(ReadOnlySpan<double> oldLogits, ReadOnlySpan<double> newLogits)
    {
        var (oldMax, oldLogSum) = Normalizer(oldLogits);
        var (newMax, newLogSum) = Normalizer(newLogits);
        var divergence = 0.0;
        for (var i = 0; i < oldLogits.Length; i++)
        {
            var logProbability = oldLogits[i] - oldMax - oldLogSum;
            divergence += Math.Exp(logProbability) * (logProbability - (newLogits[i] - newMax - newLogSum));
        }

        return divergence;
    }

    /// <summary>Computes <c>(diag(p) - p p^T) v</c>, the product with the covariance matrix of the one-hot choice.</summary>
    public static void FisherProduct(ReadOnlySpan<double> logits, ReadOnlySpan<double> vector, Span<double> product)
    {
        var (max, logSum) = Normalizer(logits);
        for (var i = 0; i < product.Length; i++)
            product[i] = Math.Exp(logits[i] - max - logSum);
        FisherProductOf(product, vector, product);
    }

    /// <summary>Computes <c>(diag(p) - p p^T) v</c>.</summary>
    /// <param name="probabilities">p.</param>
    /// <param name="vector">v.</param>
    /// <param name="product">Receives the product; the probabilities themselves, to overwrite them.</param>
    public static void FisherProductOf(ReadOnlySpan<double> probabilities, ReadOnlySpan<double> vector, Span<double> product)
    {
        var mean = 0.0;
        for (var i = 0; i < product.Length; i++)
            mean += probabilities[i] * vector[i];
        for (var i = 0; i < product.Length; i++)
            product[i] = probabilities[i] * (vector[i] - mean);
    }

    /// <summary>Computes the maximum of the logits, and the logarithm of the sum of the exponentials of their differences to it: <c>log p = logit - max - log sum</c>, in this order.</summary>
    public static (double Max, double LogSum) Normalizer(ReadOnlySpan<double> logits)
    {
        var max = logits[0];
        foreach (var logit in logits)
            max = Math.Max(max, logit);
        var sum = 0.0;
        foreach (var logit in logits)
            sum += logit == max ? 1 : Math.Exp(logit - max);
        return (max, Math.Log(sum));
    }
}
