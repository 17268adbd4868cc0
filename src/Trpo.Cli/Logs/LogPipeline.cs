using Microsoft.ML;
using Microsoft.ML.Data;

namespace Trpo.Cli.Logs;

/// <summary>The pipeline between the columns of a log and a policy: categories become vectors of zeros and ones, missing numbers the mean, and all columns one vector.</summary>
internal static class LogPipeline
{
    /// <summary>Creates the pipeline.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="choice">The columns.</param>
    /// <param name="isScaled">True to bring numbers to a mean of 0 and a deviation of 1.</param>
    public static EstimatorChain<ITransformer> Create(MLContext ml, LogChoice choice, bool isScaled)
    {
        var chain = new EstimatorChain<ITransformer>();
        InputOutputColumnPair[] texts = [.. choice.Features.Where(feature => feature.IsText).Select(feature => new InputOutputColumnPair(feature.Name))];
        InputOutputColumnPair[] numbers = [.. choice.Features.Where(feature => !feature.IsText).Select(feature => new InputOutputColumnPair(feature.Name))];
        if (texts.Length > 0)
            chain = chain.Append((IEstimator<ITransformer>)ml.Transforms.Categorical.OneHotEncoding(texts));
        if (numbers.Length > 0)
        {
            chain = chain.Append((IEstimator<ITransformer>)ml.Transforms.ReplaceMissingValues(numbers, Microsoft.ML.Transforms.MissingValueReplacingEstimator.ReplacementMode.Mean));

            // With fixZero, a value that is far from 0 and varies little would be scaled by its size and lose its variation.
            if (isScaled)
                chain = chain.Append((IEstimator<ITransformer>)ml.Transforms.NormalizeMeanVariance(numbers, fixZero: false));
        }

        return chain.Append((IEstimator<ITransformer>)ml.Transforms.Concatenate(choice.Observation, [.. choice.Features.Select(feature => feature.Name)]));
    }
}
